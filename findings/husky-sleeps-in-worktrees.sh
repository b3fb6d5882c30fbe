#!/usr/bin/env bash
# In a linked worktree the hooks that husky installed do not run, and nobody says so.
#
# Versions:  husky 9.1.7 (npm), Git 2.39.5
# Guess:     a linked worktree shares the repository's configuration and has the committed .husky folder, so its commits run the same
#            hooks.
# Seen:      core.hooksPath is `.husky/_`, which Git takes relative to each worktree, and `.husky/_` is made by `npm install` and
#            ignored by Git. A fresh worktree has .husky/pre-commit but no .husky/_, so Git finds no hook and commits in silence.
#            The setting hides .git/hooks as well, so a hook that stands there does not run either, in no worktree.
# Output:    checkout: husky · worktree: nothing · both with a hook in .git/hooks: the same
# Date:      2026-11-29
# Touches:   tools that rely on hooks while agents commit in worktrees: they must take in later what no hook announced, and a doctor
#            must look at core.hooksPath from the worktree it stands in.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
git init --quiet "$folder/checkout"
cd "$folder/checkout"
echo '{"name": "app", "version": "1.0.0", "private": true}' >package.json
echo node_modules >.gitignore
npm install --silent --no-fund --no-audit --save-dev husky@9.1.7 >/dev/null
npx --no-install husky init >/dev/null
echo 'echo husky >>"$RAN"' >.husky/pre-commit
printf '#!/bin/sh\necho plain >>"$RAN"\n' >.git/hooks/post-commit
chmod +x .git/hooks/post-commit
commit() {
    export RAN="$folder/ran"
    : >"$RAN"
    git add --all
    git commit --quiet --allow-empty -m work >/dev/null
    tr '\n' ' ' <"$RAN" | sed 's/^$/nothing/; s/ $//'
}
checkout=$(commit)
git worktree add --quiet "$folder/worktree"
cd "$folder/worktree"
there=$(commit)
echo "checkout: $checkout · worktree: ${there:-nothing}"
[ "$checkout" = husky ] && [ -z "$there" ] || { echo "changed: see above"; exit 1; }
