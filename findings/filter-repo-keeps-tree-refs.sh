#!/usr/bin/env bash
# A file that git-filter-repo takes out of all of history stays readable through a ref that points at a tree.
#
# Versions:  git-filter-repo 2.47.0 (PyPI), Git 2.36 or newer
# Guess:     after `git filter-repo --invert-paths --path old.txt` no ref of the repository leads to old.txt, or the run fails.
# Seen:      it exits 0 and says "Completely finished". `git fast-export` skips refs that point at a tree (a warning among its
#            progress), so such refs, tags too, keep the tree of before; `git gc --prune=now` then keeps the file's content.
# Output:    exit 0; "warning: refs/x/tree: Unexpected object of type tree, skipping."; `git show refs/x/tree:old.txt` prints it
# Date:      2026-11-29
# Touches:   tools that keep snapshots of code on a ref without a commit, so that `git log --all` stays clean. What was purged from
#            history must be purged from such a ref by other means.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check git-filter-repo==2.47.0

export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
git init --quiet --initial-branch main "$folder/repo"
cd "$folder/repo"
git config user.name Dev
git config user.email dev@example.invalid
echo "taken out later" >old.txt
echo "stays" >kept.txt
git add .
git commit --quiet --message first
git update-ref refs/x/tree "$(git rev-parse 'HEAD^{tree}')"

"$folder/venv/bin/git-filter-repo" --force --invert-paths --path old.txt >"$folder/said" 2>&1 || {
    echo "changed: git-filter-repo fails where a ref points at a tree"
    exit 1
}
git gc --quiet --prune=now
grep -q "refs/x/tree: Unexpected object of type tree, skipping" "$folder/said" || { echo "changed: no warning"; exit 1; }
[ -z "$(git log --all --oneline -- old.txt)" ] || { echo "changed: history still has the file"; exit 1; }
[ "$(git show refs/x/tree:old.txt 2>&1)" = "taken out later" ] || { echo "changed: the ref's tree lost the file"; exit 1; }
echo "as described: history is clean, refs/x/tree still holds old.txt"
