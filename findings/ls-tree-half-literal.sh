#!/usr/bin/env bash
# `git ls-tree` takes stars and brackets of a path literally, and a colon at its start as magic: it lists nothing, and exits 0.
#
# Versions:  Git 2.39.5; GitPython 3.2.1, dulwich 1.2.21 (PyPI)
# Guess:     names that one command of Git printed (`diff-tree -z --name-only`) can be given to `ls-tree HEAD --` as they are: it takes
#            names and not patterns, as `[a]*.py` shows, which finds the one file of that name.
# Seen:      of `[a]*.py`, `:x.py` and `:(top)y.py` only the first is listed; the others are read as patterns for x.py and y.py. With
#            GIT_LITERAL_PATHSPECS=1, or behind `:(literal)`, all are. Libraries that walk trees themselves find all of them.
# Output:    diff-tree 3 · ls-tree 1, exit 0 · literal 3 · GitPython 3 · dulwich 3
# Date:      2026-11-30
# Touches:   whoever reads what a commit changed in two steps, names first and then their blobs: a file goes missing without a word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check GitPython==3.2.1 dulwich==1.2.21

export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
git init --quiet --initial-branch main "$folder/repository"
cd "$folder/repository"
for name in '[a]*.py' ':x.py' ':(top)y.py'; do echo "value = 1" >"$name"; done
git add --all
git -c user.name=Dev -c user.email=dev@example.invalid commit --quiet --message first
"$folder/venv/bin/python" - <<'PYTHON'
import os
import subprocess
import sys

import git
from dulwich.repo import Repo


def lines(*command: str, **more: str) -> tuple[int, list[bytes]]:
    done = subprocess.run(["git", *command], capture_output=True, env={**os.environ, **more})
    return done.returncode, done.stdout.split(b"\0")[:-1]


_, printed = lines("diff-tree", "--root", "--no-commit-id", "-r", "-z", "--name-only", "HEAD")
names = [os.fsdecode(name) for name in printed]
code, listed = lines("ls-tree", "-z", "HEAD", "--", *names)
_, literal = lines("ls-tree", "-z", "HEAD", "--", *names, GIT_LITERAL_PATHSPECS="1")
tree = git.Repo(".").head.commit.tree
pure = Repo(".")
entries = {entry.path for entry in pure[pure[pure.head()].tree].items()}
found = [sum(name in {blob.path for blob in tree} for name in names), sum(os.fsencode(name) in entries for name in names)]
pure.close()
seen = (
    f"diff-tree {len(names)} · ls-tree {len(listed)}, exit {code} · literal {len(literal)} · GitPython {found[0]} · dulwich {found[1]}"
)
print(seen)
sys.exit(0 if seen == "diff-tree 3 · ls-tree 1, exit 0 · literal 3 · GitPython 3 · dulwich 3" else "changed: see above")
PYTHON
