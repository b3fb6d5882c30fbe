#!/usr/bin/env bash
# lcov_cobertura turns each function that coverage.py reports into two, neither of which has both its line and its hits.
#
# Versions:  coverage 7.17.5, lcov-cobertura 2.1.1 (PyPI)
# Guess:     lcov is one format; what one tool writes the other reads.
# Seen:      since lcov 2 a function's record is `FN:first,last,name`, and coverage.py writes that. The converter knows
#            `FN:first,name`: it takes `4,used` for a name, with the right line and no hit, and gets a second function `used`, with
#            the hits and line 0, from the record of hits. Nothing warns, and lines and branches are right, so the totals look well.
# Output:    4,used line 1 hits 0 · used line 0 hits 1 · 8,unused line 7 hits 0 · unused line 0 hits 0
# Date:      2026-11-29
# Touches:   whoever reads from coverage which function a test ran: take lines, which both agree on, and map them to functions
#            oneself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check coverage==7.17.5 lcov-cobertura==2.1.1
cd "$folder"
cat >module.py <<'PYTHON'
def used(n):
    if n > 1:
        return n
    return 0


def unused(n):
    return n


used(3)
PYTHON
venv/bin/coverage run module.py
venv/bin/coverage lcov --quiet -o coverage.lcov
venv/bin/lcov_cobertura coverage.lcov --output coverage.xml
venv/bin/python - <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

methods = [(method.get("name"), method.find("lines/line")) for method in tree.parse("coverage.xml").iter("method")]
seen = " · ".join(f"{name} line {line.get('number')} hits {line.get('hits')}" for name, line in methods)
print(seen)
said = "4,used line 1 hits 0 · used line 0 hits 1 · 8,unused line 7 hits 0 · unused line 0 hits 0"
sys.exit(0 if seen == said else "changed: see above")
PYTHON
