#!/usr/bin/env bash
# Two tools that find the references of a Python function report the import that renames it, and none of the calls by the new name.
#
# Versions:  rope 1.14.0, jedi 0.19.2, Python 3.11
# Guess:     Both resolve names, so a call of `days_of` after `from core.days import span as days_of` is a reference of `span`, as is one
#            of `between`, under which the package gives it away.
# Seen:      rope and jedi list the definition, the two import statements at the name `span`, and the call through the module (`d.span`).
#            The calls `days_of(…)` and `between(…)` are in neither list, though they stand in a file that is.
# Output:    lines of page.py: rope 2 and 7, jedi 2 and 7; the calls on 5 and 6 are missing
# Date:      2026-11-30
# Touches:   whoever counts callers, or deletes what nobody calls, by their answers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check rope==1.14.0 jedi==0.19.2 2>/dev/null
mkdir -p project/core
printf 'def span(a, b):\n    return b - a\n' > project/core/days.py
printf 'from .days import span as between\n' > project/core/__init__.py
cat > project/page.py <<'END'
from core import between
from core.days import span as days_of
import core.days as d

print(between(1, 2))
print(days_of(1, 2))
print(d.span(1, 2))
END
found=$(environment/bin/python - <<'END'
import jedi
from rope.base.project import Project
from rope.contrib.findit import find_occurrences

project = Project("project", ropefolder=None)
defining = project.get_resource("core/days.py")
places = find_occurrences(project, defining, defining.read().index("span"))
by_rope = [place.lineno for place in places if place.resource.path == "page.py"]
references = jedi.Script(path="project/core/days.py", project=jedi.Project("project")).get_references(1, 5)
by_jedi = [place.line for place in references if place.module_path.name == "page.py"]
print(sorted(by_rope), sorted(by_jedi))
END
)
[ "$found" = "[2, 7] [2, 7]" ] || { echo "changed: lines of page.py by rope and jedi: $found"; exit 1; }
echo "as described: lines of page.py by rope and jedi: $found; the calls on 5 and 6 are in neither list"
