#!/usr/bin/env bash
# Folders that are made within each other, as `mkdir -p` makes them, make watchdog warn on stderr and tell of one creation twice.
#
# Versions:  watchdog 7.1.0, Linux (inotify), Python 3.11
# Guess:     a recursive observer tells of each folder and file that is created once, and is silent.
# Seen:      a folder that appears while its parent is being added is added twice: once when the parent is walked, once for its own
#            event. The second time watchdog prints a RuntimeWarning of some 2,000 characters, "Callback with id … already exists for
#            watch …", which lists every folder watched, and the creation is told twice. Which folders depends on timing: of 600 folders
#            9 to 39 in three runs; none was lost.
# Output:    600 of 600 folders told of, some twice, with warnings
# Date:      2026-11-29
# Touches:   tools that watch a tree which Git checks out or unpacks: the warning reaches their user's terminal, and whoever counts
#            events counts too many. An event may only be a hint to look.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchdog==7.1.0
cat >"$folder/probe.py" <<'PY'
import collections
import pathlib
import sys
import time
import warnings

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

told, created = [], collections.Counter()
warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: told.append(category)


class Noting(FileSystemEventHandler):
    def on_created(self, event):
        if event.is_directory:
            created[event.src_path] += 1


top = pathlib.Path(sys.argv[1])
observer = Observer()
observer.schedule(Noting(), str(top), recursive=True)
observer.start()
for number in range(200):
    (top / f"{number}/of/it").mkdir(parents=True)
    time.sleep(0.01)
time.sleep(2)
observer.stop()
observer.join()
twice = sum(times > 1 for times in created.values())
print(f"{len(created)} of 600 folders told of, {twice} twice, with {told.count(RuntimeWarning)} warnings")
sys.exit(not (len(created) == 600 and twice and RuntimeWarning in told))
PY
mkdir "$folder/top"
"$folder/venv/bin/python" "$folder/probe.py" "$folder/top" || { echo "changed: see above"; exit 1; }
