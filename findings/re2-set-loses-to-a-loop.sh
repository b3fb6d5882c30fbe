#!/usr/bin/env bash
# On a text that it has not seen the like of, RE2's set of 1,000 patterns takes longer than the 1,000 patterns one after the other.
#
# Versions:  google-re2 1.1.20251105 (PyPI)
# Guess:     `re2.Set`, which finds all patterns that match in one pass over a text, is faster than asking each of them, and the more so the
#            longer the text is.
# Seen:      on ten kilobytes of the patterns' own words in a new order it takes half as long again as a loop, each time with other words:
#            its one automaton of all patterns has too many states to be kept, and is built anew again and again. `re2.Filter`, which goes
#            by the words that a pattern must hold, gives the same answers and beats both. On a text that it saw before the set is the fastest.
# Output:    the same answers · the set is slower than the loop · the filter is faster than the loop
# Date:      2026-12-01
# Touches:   whoever holds texts of strangers against many rules at once: routing, screening, log rules. A benchmark that repeats its texts
#            shows the set at a microsecond.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check google-re2==1.1.20251105
"$folder/venv/bin/python" - <<'PYTHON'
import random
import sys
import time

import re2

chance = random.Random(1)
verbs = "show find get list check explain inspect compare measure track open close rotate archive import export".split()
nouns = [f"{noun}{number}" for noun in "cache token queue parser metric image worker session index schema".split() for number in range(40)]
patterns = [
    rf"\b({chance.choice(verbs)}|{chance.choice(verbs)})\b.*\b({chance.choice(nouns)}|{chance.choice(nouns)})\b" for _ in range(1000)
]
options = re2.Options()
options.log_errors = False
together, filtered = re2.Set.SearchSet(options), re2.Filter()
for pattern in patterns:
    together.Add(pattern)
    filtered.Add(pattern, options)
together.Compile()
filtered.Compile()
each = [re2.compile(pattern, options) for pattern in patterns]
texts = [" ".join(chance.choice(verbs + nouns) for _ in range(1400)) for _ in range(5)]


def taken(ask):
    answers, seconds = [], 0.0
    for text in texts:
        began = time.perf_counter()
        found = ask(text)
        seconds += time.perf_counter() - began
        answers.append(sorted(found or []))
    return seconds, answers


loop, by_loop = taken(lambda text: [number for number, one in enumerate(each) if one.search(text)])
whole, by_set = taken(together.Match)
words, by_filter = taken(filtered.Match)
print(f"loop {loop * 200:.0f} ms, set {whole * 200:.0f} ms, filter {words * 200:.0f} ms a text")
seen = (
    f"{'the same answers' if by_loop == by_set == by_filter else 'other answers'}"
    f" · the set is {'slower' if whole > loop else 'faster'} than the loop · the filter is {'faster' if words < loop else 'slower'} than the loop"
)
print(seen)
sys.exit(0 if seen == "the same answers · the set is slower than the loop · the filter is faster than the loop" else "changed: see above")
PYTHON
