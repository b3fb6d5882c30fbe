#!/usr/bin/env bash
# How long `import msgspec` takes depends on a package that msgspec does not require.
#
# Versions:  msgspec 0.23.0, typing_extensions 4.15.0, Python 3.11
# Guess:     msgspec has no dependencies, so a program that chose it for its quick start imports the same wherever it is installed.
# Seen:      Where typing_extensions can be found msgspec imports it, which imports inspect, and that ast, dis and tokenize: 15
#            modules more, and 36 ms in place of 26 (medians of five, on one slow machine). With mypy, pydantic or torch beside it,
#            which require it, it is always found.
# Output:    modules of a process that imports msgspec, without and with typing_extensions: 81, 96; inspect is among the latter
# Date:      2026-11-30
# Touches:   command lines and hooks that count milliseconds and were measured in an environment of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
install() { environment/bin/pip install --quiet --disable-pip-version-check "$@" 2>/dev/null; }
loaded() { environment/bin/python -c 'import sys, msgspec; print(len(sys.modules), "inspect" in sys.modules)'; }
install msgspec==0.23.0
alone=$(loaded)
install typing_extensions==4.15.0
beside=$(loaded)
[ "${alone#* }" = False ] || { echo "changed: msgspec alone imports inspect"; exit 1; }
[ "${beside#* }" = True ] || { echo "changed: with typing_extensions beside it msgspec does not import inspect"; exit 1; }
[ $((${beside% *} - ${alone% *})) -ge 8 ] || { echo "changed: ${alone% *} modules alone, ${beside% *} beside typing_extensions"; exit 1; }
echo "as described: ${alone% *} modules alone, ${beside% *} with typing_extensions beside it"
