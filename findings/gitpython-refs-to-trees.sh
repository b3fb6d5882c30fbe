#!/usr/bin/env bash
# GitPython lists a ref that points at a tree among repo.refs, where .commit of it raises and its history is silently empty.
#
# Versions:  GitPython 3.2.1 (PyPI), Git 2.36 or newer
# Guess:     repo.refs holds branches, remote branches and tags, so [ref.commit for ref in repo.refs] works in any repository, and
#            iter_commits() of something that is no commit raises.
# Seen:      repo.refs holds every ref below refs/. `.commit` of one at a tree raises TypeError (no GitCommandError, no ValueError),
#            and list(repo.iter_commits("refs/x/tree")) is [] as if the branch were empty.
# Output:    refs/heads/main refs/x/tree · TypeError: … pointed to object <git.Tree …>, commit was required · []
# Date:      2026-11-29
# Touches:   tools that keep data on a ref of their own break other people's scripts that walk all refs; a tool that walks refs
#            must ask for the object's type first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check GitPython==3.2.1

export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
git init --quiet --initial-branch main "$folder/repo"
cd "$folder/repo"
git -c user.name=Dev -c user.email=dev@example.invalid commit --quiet --allow-empty --message first
git update-ref refs/x/tree "$(git rev-parse 'HEAD^{tree}')"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import git

repo = git.Repo(".")
paths = [ref.path for ref in repo.refs]
try:
    raised = [ref.commit for ref in repo.refs] and "nothing"
except Exception as error:
    raised = f"{type(error).__name__}: {error}"
history = list(repo.iter_commits("refs/x/tree"))
print(*paths, "·", raised, "·", history)
as_described = paths == ["refs/heads/main", "refs/x/tree"] and raised.startswith("TypeError") and history == []
sys.exit(0 if as_described else "changed: see above")
PYTHON
