"""Survival: lines counted at milestones on real histories, and the curve against known values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.evidence.events import Survived
from foundry_git.evidence.survival import Lifetime, curve, lives_of_lines
from foundry_git.git.history import changes_of, commits_between
from foundry_git.git.repository import Repository
from foundry_git.outcomes.survival import Planted, left, main_line, passed, paths_since
from tests.gitrepo import GitRepo

START = datetime(2026, 1, 1, tzinfo=UTC)
BODY = "".join(f"    total_{number} = compute({number})\n" for number in range(8))
FUNCTION = f"def adopted():\n{BODY}"

# 6-mercaptopurine: Freireich et al. (Blood, 1963), analysed by Cox (JRSS B, 1972); a + marks one censored
# the estimates are in textbooks; the bands are those of SciPy 1.17 (scipy.stats.ecdf, log-log)
REMISSIONS = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split()
KNOWN = {
    6: (0.857142857, 0.619718, 0.951552),
    7: (0.806722689, 0.563147, 0.922809),
    10: (0.752941176, 0.503200, 0.889362),
    13: (0.690196078, 0.431610, 0.849066),
    16: (0.627450980, 0.367511, 0.804912),
    22: (0.537815126, 0.267779, 0.746791),
    23: (0.448179272, 0.188052, 0.680143),
}


def test_the_curve_of_a_known_trial() -> None:
    lives = [Lifetime(int(text.rstrip("+")), not text.endswith("+")) for text in REMISSIONS]

    found = {step.days: (step.alive, step.low, step.high) for step in curve(lives)}

    assert found.keys() == KNOWN.keys()
    for days, expected in KNOWN.items():
        assert found[days] == pytest.approx(expected, abs=2e-6), days
    assert curve(lives)[0].at_risk == 21 and curve(lives)[-1].at_risk == 6


def test_where_all_die_the_curve_ends_at_nothing_and_where_none_do_there_is_none() -> None:
    assert [(step.alive, step.low, step.high) for step in curve([Lifetime(3, True, 5)])] == [(0.0, 0.0, 0.0)]
    assert curve([Lifetime(3, False, 5)]) == ()
    assert curve([]) == ()


@given(st.lists(st.builds(Lifetime, st.integers(1, 400), st.booleans(), st.integers(1, 9)), max_size=40))
def test_the_curve_falls_within_its_band_and_does_not_depend_on_order(lives: list[Lifetime]) -> None:
    steps = curve(lives)

    assert steps == curve(lives[::-1])
    assert [step.alive for step in steps] == sorted((step.alive for step in steps), reverse=True)
    assert all(0.0 <= step.low <= step.alive <= step.high <= 1.0 for step in steps)


def survived(commit: str, days: int, left: int, lines: int = 10) -> Survived:
    at = START + timedelta(days=days)
    return Survived(at=at, digest="d" * 64, commit=commit * 40, days=days, lines=lines, left=left)


def test_events_become_lives_and_of_two_counts_the_larger_holds() -> None:
    events = [survived("a", 7, 10), survived("a", 30, 4), survived("a", 30, 6), survived("b", 7, 3)]

    assert sorted(lives_of_lines(events), key=repr) == [
        Lifetime(30, False, 6),
        Lifetime(30, True, 4),
        Lifetime(7, False, 3),
        Lifetime(7, True, 7),
    ]


# lines in real histories


def commit(repo: GitRepo, day: int, files: dict[str, str | bytes | None], *, keep: bool = False) -> str:
    repo.write(files)
    repo.git("add", "--all")
    moment = f"{(START + timedelta(days=day)).isoformat()}"
    words = ("--quiet", "--allow-empty", "-m", "work")
    repo.git("commit", *words, env={"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment})
    return repo.head()


def counted(repo: GitRepo, planted: Planted) -> dict[int, int]:
    repository = Repository.at(repo.path)
    line = main_line(repository, planted.commit, repo.head())
    paths = sorted(paths_since(planted, changes_of(repository, commits_between(repository, planted.commit, "HEAD"), True)))
    return {days: left(repository, planted, at, paths) for days, at in passed(planted.at, line)}


def test_lines_are_followed_through_moves_renames_and_layout_until_they_go(repo: GitRepo) -> None:
    commit(repo, -1, {"a.py": "import os\n"})
    planted = Planted(commit(repo, 0, {"a.py": f"import os\n\n\n{FUNCTION}"}), START, {"a.py": ((4, 12),)})
    repo.git("mv", "a.py", "b.py")
    commit(repo, 5, {})
    commit(repo, 20, {"b.py": "import os\n", "c.py": FUNCTION.replace("    ", "\t")})
    commit(repo, 60, {"c.py": "".join(FUNCTION.replace("    ", "\t").splitlines(True)[:5])})
    commit(repo, 100, {"c.py": None})
    commit(repo, 200, {"d.py": "x = 1\n"})

    assert counted(repo, planted) == {7: 9, 30: 9, 90: 5, 180: 0}


def test_a_milestone_is_passed_by_a_commit_not_by_a_clock(repo: GitRepo) -> None:
    planted = Planted(commit(repo, 0, {"a.py": FUNCTION}), START, {"a.py": ((1, 9),)})
    assert counted(repo, planted) == {}

    commit(repo, 8, {"b.py": "x = 1\n"})
    assert counted(repo, planted) == {7: 9}


def test_what_was_merged_later_tells_nothing_of_the_days_before(repo: GitRepo) -> None:
    commit(repo, -1, {"b.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "topic")
    planted = Planted(commit(repo, 0, {"a.py": FUNCTION}), START, {"a.py": ((1, 9),)})
    repo.git("checkout", "-q", "main")
    commit(repo, 10, {"b.py": "x = 2\n"})
    moment = (START + timedelta(days=20)).isoformat()
    dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic", env=dates)
    commit(repo, 40, {"b.py": "x = 3\n"})

    assert counted(repo, planted) == {30: 9}


def test_a_commit_that_head_does_not_hold_has_no_main_line(repo: GitRepo) -> None:
    commit(repo, 0, {"b.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "topic")
    side = commit(repo, 1, {"a.py": FUNCTION})
    repo.git("checkout", "-q", "main")

    assert main_line(Repository.at(repo.path), side, repo.head()) == []
