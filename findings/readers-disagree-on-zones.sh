#!/usr/bin/env bash
# Of a commit that `git fsck` passes, four readers tell different zones, and one that stands at the epoch ends `git log`.
#
# Versions:  GitPython 3.2.1, pygit2 1.21.0, dulwich 1.2.21 (PyPI), Git 2.36 or newer
# Guess:     what fsck has no word about is a date; a zone is either taken or refused, by all in the same way, and `git log` prints a line
#            for each commit that it walks.
# Seen:      the zone +2500 is taken literally by Git (a day and an hour later, "+25:00", which ISO 8601 and Python refuse) and by
#            dulwich (90,000 s, no timezone of Python either); it counts as none for pygit2, and for the datetime that GitPython gives,
#            whose author_tz_offset is -90,000; all of that without a word. A commit of 1970-01-01 in the zone -1200, the local time of
#            which lies before the epoch, ends `git log --format=%aI` in the middle: exit 128, and the commits behind it are not listed.
#            The three libraries read it.
# Output:    +2500: git 2020-09-14T13:26:40+25:00, GitPython -90000 and +00:00, pygit2 0, dulwich 90000
#            epoch: git 128 after 1 of 3, GitPython 3, pygit2 3, dulwich 3
# Date:      2026-11-29
# Touches:   miners of history, who ask Git for ISO dates because these need no arithmetic: one such commit (conversions from older systems
#            have them) costs a whole range. `--date=raw` with %ad is printed for all of them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check GitPython==3.2.1 pygit2==1.21.0 dulwich==1.2.21

export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
git init --quiet --initial-branch main "$folder/repo"
cd "$folder/repo"
tree=$(git hash-object -t tree -w --stdin </dev/null)
made() { # made DATE PARENT…: writes a commit, prints its id
  who="Dev <dev@example.invalid> $1"
  printf 'tree %s\n%sauthor %s\ncommitter %s\n\nx\n' "$tree" "${2:+parent $2
}" "$who" "$who" | git hash-object -t commit -w --stdin
}
first=$(made "1600000000 +0000")
git update-ref refs/heads/zone "$(made "1600000000 +2500" "$first")"
git update-ref refs/heads/main "$(made "1600000100 +0000" "$(made "0 -1200" "$first")")"
git fsck --strict
"$folder/venv/bin/python" - <<'PYTHON'
import subprocess
import sys

import git
import pygit2
from dulwich.repo import Repo


def log(branch: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "log", "--format=%aI", *options, branch], capture_output=True, text=True)


python, native, pure = git.Repo("."), pygit2.Repository("."), Repo(".")
tip, zoned = pure.refs[b"refs/heads/zone"], python.commit("zone")
zone = (
    f"git {log('zone', '-1').stdout.strip()}, GitPython {zoned.author_tz_offset} and {zoned.authored_datetime.isoformat()[-6:]},"
    f" pygit2 {native.revparse_single('zone').author.offset}, dulwich {pure[tip].author_timezone}"
)
whole = log("main")
walked = [
    len([commit.authored_datetime for commit in python.iter_commits("main")]),
    len([commit.author.time for commit in native.walk(native.revparse_single("main").id)]),
    len(list(pure.get_walker(include=[pure.refs[b"refs/heads/main"]]))),
]
pure.close()
epoch = f"git {whole.returncode} after {len(whole.stdout.split())} of 3, GitPython {walked[0]}, pygit2 {walked[1]}, dulwich {walked[2]}"
seen = f"+2500: {zone} · epoch: {epoch}"
print(seen)
expected = (
    "+2500: git 2020-09-14T13:26:40+25:00, GitPython -90000 and +00:00, pygit2 0, dulwich 90000"
    " · epoch: git 128 after 1 of 3, GitPython 3, pygit2 3, dulwich 3"
)
sys.exit(0 if seen == expected else "changed: see above")
PYTHON
