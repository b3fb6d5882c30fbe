"""``foundry stats --compare``."""

from __future__ import annotations

from foundry_git.cli import output
from foundry_git.evidence.comparison import Arm, Comparison, UseCounts
from foundry_git.upkeep.version_comparison import Compared, Side, compare_named
from foundry_git.workspace import Workspace

WHY_THEY_DIFFER = (
    "The last line counts only uses, and who adopts a pattern may have had the easier task; the lot gives both the same tasks, and"
    " counts them whether the pattern was used or not."
)
NO_LOT = (
    "No prompt could have shown either by lot. injection.version_trial tries an earlier version of a pattern, injection.holdout leaves"
    " prompts as they are, and the exploration slot compares what competes for it."
)


def compare(workspace: Workspace, a: str, b: str, as_json: bool) -> int:
    """Show two versions side by side, and what the lot says of them."""
    compared = compare_named(workspace.patterns, workspace.ledger, a, b)
    if as_json:
        output.say_json(_as_json(compared))
        return 0
    for line in output.table(_rows(compared), indent=""):
        output.say(line)
    output.say()
    for sentence in sentences(compared.comparison):
        output.say(sentence)
    return 0


def sentences(comparison: Comparison) -> list[str]:
    """Say what the lot says, in a few sentences."""
    lift = comparison.lift
    if not comparison.a.assigned + comparison.b.assigned:
        return [NO_LOT]
    said = [f"lift of B over A: {_signed(lift.estimate)} [{_signed(lift.low)} to {_signed(lift.high)}], at every look with 95 %"]
    said.append(f"{output.styled(comparison.claim, 'bold')}{_more(comparison)}")
    if comparison.is_lopsided:
        said.append(
            "Outcomes are known more often of one arm than of the other, so a difference may come from what is not known."
        )
    return [*said, WHY_THEY_DIFFER]


def _more(comparison: Comparison) -> str:
    known, needed = comparison.a.known + comparison.b.known, comparison.lift.needed
    if comparison.claim != "no difference yet" or comparison.is_lopsided:
        return ""
    if needed is None or needed <= known:
        return "; how many more outcomes that takes cannot be told yet"
    return f"; if the lift is what it looks like, about {_about(needed - known)} more outcomes tell"


def _rows(compared: Compared) -> list[tuple[str, str, str]]:
    a, b, arms = compared.a, compared.b, (compared.comparison.a, compared.comparison.b)

    def of_arms(name: str) -> tuple[str, str]:
        return str(getattr(arms[0], name)), str(getattr(arms[1], name))

    return [
        ("", output.styled(f"A: {a.name}", "bold"), output.styled(f"B: {b.name}", "bold")),
        ("tasks by lot", *of_arms("assigned")),
        ("  outcome known", *of_arms("known")),
        ("  unknown for good", *of_arms("unknown")),
        ("  waiting", *of_arms("waiting")),
        ("success by lot", _percent(arms[0].rate), _percent(arms[1].rate)),
        ("adopted, passed, failed", _counts(a, compared.a_uses), _counts(b, compared.b_uses)),
        ("success of uses", _percent(compared.a_uses.rate), _percent(compared.b_uses.rate)),
    ]


def _counts(side: Side, uses: UseCounts) -> str:
    return f"{uses.adopted}, {uses.passed}, {uses.failed}" if side.pattern else "–"


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.0%}"


def _signed(value: float) -> str:
    return f"{value:+.2f}"


def _about(count: int) -> str:
    """One or two leading digits: it is a guess."""
    digits = len(str(count))
    return f"{round(count, -max(0, digits - 2)):,}"


def _as_json(compared: Compared) -> dict[str, object]:
    found, lift = compared.comparison, compared.comparison.lift
    return {
        "claim": found.claim,
        "lift": lift.estimate,
        "interval": [lift.low, lift.high],
        "uses_needed": lift.needed,
        "lopsided": found.is_lopsided,
        "arms": [_arm_json(compared.a, found.a, compared.a_uses), _arm_json(compared.b, found.b, compared.b_uses)],
        "difference": WHY_THEY_DIFFER,
    }


def _arm_json(side: Side, arm: Arm, uses: UseCounts) -> dict[str, object]:
    named = side.pattern.ref if side.pattern else None
    return {
        "id": named.id if named else side.name,
        "version": named.version if named else None,
        "digest": side.pattern.digest if side.pattern else None,
        "assigned": arm.assigned,
        "known": arm.known,
        "unknown": arm.unknown,
        "waiting": arm.waiting,
        "rate": arm.rate,
        "adopted": uses.adopted,
        "passed": uses.passed,
        "failed": uses.failed,
        "naive_rate": uses.rate,
    }
