"""Checking triggers: each example is put to all of them, as a question would be. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from foundry_git.library.triggers import HANDLERS, Trigger, compiled
from foundry_git.search.trigger_matching import TriggerMatcher

TOO_BROAD = 0.2
"""The share of the examples of all other triggers that one may match."""
FEW = 10
"""Examples of others, below which nothing is said of how broad a trigger is."""


def trigger_problems(
    own: Sequence[Trigger], all_triggers: Sequence[Trigger], handlers: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield (name, sentence) for everything that is wrong with the ``own`` among all triggers that questions are matched against.

    ``handlers``: the names of handlers that the user's configuration adds.
    """
    matcher = TriggerMatcher(all_triggers)
    matched = {
        (one.name, example): [found.trigger.name for found in matcher.all(example)]
        for one in all_triggers
        for example in one.examples
    }
    for trigger in own:
        for sentence in _of(trigger, matcher, matched, handlers):
            yield trigger.name, sentence


def _of(
    trigger: Trigger, matcher: TriggerMatcher, matched: Mapping[tuple[str, str], Sequence[str]], handlers: Collection[str]
) -> Iterator[str]:
    if trigger.handler not in HANDLERS and trigger.handler not in handlers:
        known = ", ".join(HANDLERS)
        yield f"handler: {trigger.handler!r} is none of {known}, and answers.handlers of your own config.yaml does not name it"
    yield from _of_examples(trigger, matched)
    for sample in trigger.counterexamples:
        if any(found.trigger.name == trigger.name for found in matcher.all(sample)):
            yield f"counterexamples: {sample!r} matches"
    for regex in trigger.regexes:
        expression = compiled(regex)
        if not any(expression.search(example) for example in trigger.examples):
            yield f"regexes: no example reaches {regex!r}; add one, or take it out"
    yield from _of_breadth(trigger, matched)


def _of_examples(trigger: Trigger, matched: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[str]:
    shadows: dict[str, list[str]] = defaultdict(list)
    for example in trigger.examples:
        found = matched.get((trigger.name, example), ())  # an earlier library may have one of this name
        if trigger.name not in found:
            yield f"examples: {example!r} does not match"
        elif found[0] != trigger.name:
            shadows[found[0]].append(example)
    for other, examples in shadows.items():
        whole = "all its examples" if len(examples) == len(trigger.examples) else f"examples: {examples[0]!r}"
        yield f"{whole} go to {other}, which comes first; raise the priority, or tell the two apart"


def _of_breadth(trigger: Trigger, matched: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[str]:
    others = [found for (name, _), found in matched.items() if name != trigger.name]
    taken = sum(trigger.name in found for found in others)
    if len(others) >= FEW and taken > TOO_BROAD * len(others):
        yield f"matches {taken} of the {len(others)} examples of other triggers; name words that only this one has"
