#!/usr/bin/env bash
# py-spy's folded stacks of a tree of processes can't be read line by line: the command line of a process stands in them as it is.
#
# Versions:  py-spy 0.4.3, Python 3.11
# Guess:     `py-spy record --subprocesses --format raw` writes what flamegraph.pl reads: on each line frames with semicolons
#            between them, a space and a count; whatever stands in a frame, no newline and no bare semicolon does.
# Seen:      The first frames of each stack are `process N:"…"` with the whole command line of a process, newlines and semicolons
#            included. A process that was started as `python -c "import sys\n…"`, as pytest-xdist has its workers started, breaks
#            each of its stacks into two lines or more, all but the last without a count; a semicolon in it makes one frame two.
# Output:    lines without a count, which end where the command line has its first newline
# Date:      2026-11-30
# Touches:   whoever adds folded stacks up, per function or per test, for parallel test runs: whole workers are lost or counted to nobody.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check py-spy==0.4.3 2>/dev/null
cat >parent.py <<'PYTHON'
import subprocess
import sys

code = "import time\nuntil = time.monotonic() + 2\nwhile time.monotonic() < until:\n    sum(range(1000))"
subprocess.run([sys.executable, "-c", code], check=True)
PYTHON
environment/bin/py-spy record --subprocesses --rate 50 --format raw --output folded -- environment/bin/python parent.py >/dev/null 2>&1
torn=$(grep -cvE ' [0-9]+$' folded || true)
[ "$torn" -gt 0 ] || { echo "changed: each line of the folded stacks ends in a count"; exit 1; }
grep -vE ' [0-9]+$' folded | grep -q 'import time$' || { echo "changed: it is no longer the command line that breaks the line"; exit 1; }
echo "as described: $torn lines without a count, cut within a command line"
