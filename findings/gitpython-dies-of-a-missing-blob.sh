#!/usr/bin/env bash
# In a partial clone, one blob that is not there ends GitPython's reading of all those that are.
#
# Versions:  GitPython 3.2.1, pygit2 1.21.0, dulwich 1.2.21 (PyPI), Git 2.36 or newer
# Guess:     out of reach of its remote, a clone made with --filter=blob:none answers for a blob that it lacks as `cat-file --batch` does for
#            any object that is not there ("missing"), so that GitPython raises a KeyError or the like for that blob alone.
# Seen:      Git ends the whole batch at the first such blob (exit 128). GitPython says "possible dubious ownership", and from then on each
#            read by that Repo raises BrokenPipeError, of blobs too that it read a moment before. pygit2 and dulwich raise KeyError for
#            the one blob and go on.
# Output:    git 128 · GitPython read, ValueError, BrokenPipeError · pygit2 read, KeyError, read · dulwich read, KeyError, read
# Date:      2026-11-29
# Touches:   whoever reads a repository through one long-lived process of Git, as most tools that mine history do: a partial clone is not
#            a repository in which some objects are missing, it is one in which asking for them can fail everything that comes after.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check GitPython==3.2.1 pygit2==1.21.0 dulwich==1.2.21

export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
git init --quiet --initial-branch main "$folder/server"
cd "$folder/server"
git config uploadpack.allowFilter true
echo one >here.txt
echo two >away.txt
git add .
git -c user.name=Dev -c user.email=dev@example.invalid commit --quiet --message first
git clone --quiet --no-checkout --filter=blob:none "file://$folder/server" "$folder/partial"
cd "$folder/partial"
git checkout --quiet HEAD -- here.txt
git remote set-url origin file:///nowhere
"$folder/venv/bin/python" - <<'PYTHON'
import subprocess
import sys
from collections.abc import Callable

import git
import pygit2
from dulwich.repo import Repo

listed = subprocess.run(["git", "ls-tree", "HEAD"], capture_output=True, text=True, check=True).stdout.splitlines()
ids = {line.split("\t")[1]: line.split()[2] for line in listed}
order = ["here.txt", "away.txt", "here.txt"]


def tried(read: Callable[[str], bytes]) -> str:
    said = []
    for name in order:
        try:
            read(name)
            said.append("read")
        except Exception as error:
            said.append(type(error).__name__)
    return ", ".join(said)


asked = "".join(f"{ids[name]}\n" for name in order)
batch = subprocess.run(["git", "cat-file", "--batch-check"], input=asked, capture_output=True, text=True)
tree = git.Repo(".").head.commit.tree
native, pure = pygit2.Repository("."), Repo(".")
seen = (
    f"git {batch.returncode} · GitPython {tried(lambda name: (tree / name).data_stream.read())}"
    f" · pygit2 {tried(lambda name: native[ids[name]].data)} · dulwich {tried(lambda name: pure[ids[name].encode()].data)}"
)
pure.close()
print(seen)
expected = "git 128 · GitPython read, ValueError, BrokenPipeError · pygit2 read, KeyError, read · dulwich read, KeyError, read"
sys.exit(0 if seen == expected else "changed: see above")
PYTHON
