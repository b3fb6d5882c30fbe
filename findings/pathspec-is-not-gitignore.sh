#!/usr/bin/env bash
# What .gitignore means to hatchling differs from what it means to Git: a wheel holds files that Git ignores and lacks files that Git has.
#
# Versions:  hatchling 1.33.0 with pathspec 1.1.1 (PyPI), Git 2.39.5
# Guess:     pathspec follows Git's rules: its gitignore patterns are there for that, and hatchling's wheel has what Git would add.
# Seen:      a class such as [[:digit:]], which Git knows from wildmatch, is matched letter by letter, so `part[[:digit:]].py` ignores
#            nothing; Python warns of a "possible nested set" at most. `made/**/` ignores folders within made to Git, and its files
#            as well to pathspec, so a module that is committed is not in the wheel.
# Output:    git: app/__init__.py app/made/__init__.py · wheel: app/__init__.py app/part1.py
# Date:      2026-11-29
# Touches:   packaging, and every indexer of code that asks pathspec which files a repository ignores: ask Git (ls-files,
#            check-ignore), which is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hatchling==1.33.0 pathspec==1.1.1
git init --quiet "$folder/project"
cd "$folder/project"
mkdir -p app/made
touch app/__init__.py app/part1.py app/made/__init__.py
printf 'app/part[[:digit:]].py\napp/made/**/\n' >.gitignore
cat >pyproject.toml <<'TOML'
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "app"
version = "1"
TOML
git add --all
"$folder/venv/bin/python" -W ignore -m hatchling build --target wheel --directory "$folder/built" >/dev/null 2>&1
git=$(git ls-files app | tr '\n' ' ' | sed 's/ $//')
wheel=$("$folder/venv/bin/python" -m zipfile --list "$folder"/built/*.whl | grep -oE '^app/[^ ]+' | sort | tr '\n' ' ' | sed 's/ $//')
echo "git: $git · wheel: $wheel"
[ "$git" = "app/__init__.py app/made/__init__.py" ] && [ "$wheel" = "app/__init__.py app/part1.py" ] || { echo "changed: see above"; exit 1; }
