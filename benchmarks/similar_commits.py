"""Similar on ordinary commits: how many of them would get a comment, and on what.

``python -m benchmarks.similar_commits PYTHON COUNT REPOSITORY…`` walks the newest COUNT commits of each repository that touch source
code and are no merges, oldest first, in a clone of its own, and asks with the build of PYTHON what ``foundry similar --diff HEAD~1``
asks, by structure alone. It prints each comment to be read, and at the end how many commits got one.
What was read is in ``similar_commits.json`` beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

BAR = 0.9  # from which the command speaks of a change


def main() -> None:
    """Walk and print."""
    python, count, *sources = sys.argv[1:]
    counts = {}
    for source in map(Path, sources):
        with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
            asked = commented = 0
            for commit, comments in _walk(python, source.resolve(), Path(scratch), int(count)):
                asked, commented = asked + 1, commented + bool(comments)
                for comment in comments:
                    print(json.dumps({"repository": source.name, "commit": commit, **comment}), flush=True)
            counts[source.name] = {"commits": asked, "commented": commented}
    print(json.dumps(counts))


def _walk(python: str, source: Path, scratch: Path, count: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    top, home = scratch / "repository", scratch / "home"
    _run("git", "clone", "--quiet", "--no-checkout", str(source), str(top), cwd=scratch)
    settings = home / ".config/foundry-git"
    settings.mkdir(parents=True)
    (settings / "config.yaml").write_text("encoder: {enabled: false}\n", encoding="utf-8")
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": ""}
    files = [f"*.{ending}" for ending in ("py", "js", "mjs", "ts", "tsx", "go", "rs")]
    listed = _run("git", "log", "--no-merges", "--format=%H", f"--max-count={count}", "HEAD", "--", *files, cwd=top).split()
    for commit in reversed(listed):
        _run("git", "checkout", "--quiet", "--force", "--detach", commit, cwd=top)
        done = subprocess.run(
            [python, "-P", "-m", "foundry_git", "similar", "--diff", "HEAD~1", "--json"],
            cwd=top,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else []
        yield commit, [_comment(one) for one in answer if one["matches"] and one["matches"][0]["score"] >= BAR]


def _comment(one: dict[str, object]) -> dict[str, object]:
    matches = one["matches"]
    assert isinstance(matches, list)
    best = matches[0]
    there = best["id"] or f"{best['path']}:{best['line']} {best['name']}"
    return {"unit": f"{one['path']}:{one['line']} {one['symbol']}", "like": there, "score": best["score"]}


def _run(*command: str, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
