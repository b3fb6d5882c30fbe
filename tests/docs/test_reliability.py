"""The table of docs/reliability.md says what the results say."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.measure import RESULTS
from tests import TOP

PAGE = (TOP / "docs/reliability.md").read_text(encoding="utf-8")


def figures(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["figures"]


def row(start: str) -> str:
    return next(line for line in PAGE.splitlines() if line.startswith(f"| {start}"))


def test_the_conditions_are_those_measured() -> None:
    found = figures("conditions")

    assert f"under {found['conditions']} conditions" in row("commits under")
    assert f"{found['unnoticed']:,} of {found['commits']:,}" in row("commits under")
    assert f"{found['a hook that talks']['said']} of {found['a hook that talks']['commits']} say" in row("commits under")
    assert f"{found['added_median_ms']} ms" in row("what the hook adds")
    assert f"{found['a hook that waits']['median_ms']:.0f} ms" in row("what the hook adds")


def test_the_bursts_are_those_measured() -> None:
    found = figures("bursts")
    ours, other, none = found["hook"], found["other_hook"], found["none"]
    in_a_row, rebase, workers = row("500 commits"), row("a rebase of 200"), row("workers alive")

    assert (found["commits"], found["rebased"]) == (500, 200)
    assert f"{ours['median_ms']:g} ms and {ours['p99_ms']:.0f} ms" in in_a_row
    assert f"{none['median_ms']} ms and {none['p99_ms']} ms" in in_a_row
    assert f"{other['median_ms']:.0f} ms and {other['p99_ms']:.0f} ms" in in_a_row
    assert f"| {ours['rebase_to_empty_hook']} |" in rebase and f": {other['rebase_to_empty_hook']} |" in rebase
    assert f"| {ours['most_workers']}; {ours['last_worker_gone_after_s']} s |" in workers
    assert f": {other['most_workers']}; {other['last_worker_gone_after_s']} s |" in workers


def test_the_subjects_are_those_measured() -> None:
    kept = next(part for name, part in figures("subjects").items() if name.replace("-", "_") == "held_out")
    rates = [kept["rule"][of]["rate"] for of in ("precision", "recall")]

    assert f"| {rates[0]:.2f}, {rates[1]:.2f} |" in row("subjects of fixes")


def test_the_crashes_are_those_measured() -> None:
    found = figures("crashes")
    torn = found["numpy.save in place"]

    assert f"| {found['wrong']} of {found['points']:,} |" in row("operations killed")
    assert f"{torn['torn']} of {torn['kills']} are torn" in row("operations killed")


def test_the_damages_are_those_measured() -> None:
    found = figures("damage")
    plain, at_once, killed, deferred = (found[name] for name in ("opened as they are", "at_once", "killed", "deferred BEGIN"))

    assert f"| {found['wrong']} of {found['damages']:,} |" in row("damaged files")
    assert f"{plain['errors']} errors and {plain['wrong']} wrong contents of {plain['damages']}" in row("damaged files")
    assert f"| {at_once['lost']} of {at_once['events']:,} |" in row("events lost by eight")
    assert f"{deferred['refused']:,} of {deferred['transactions']:,} are refused" in row("events lost by eight")
    assert f"| {killed['lost']} of {killed['acknowledged']:,} |" in row("acknowledged events")
    assert killed["lost_in_view"] == 0
    flips, plain_flips, flipped = found["journal"], found["journal without checks"], row("flipped bits")
    assert f"| {flips['other_events']} and {flips['unsaid_losses']} of {flips['flips']:,} |" in flipped
    assert f"{plain_flips['other_events']} are another event" in flipped


def test_the_walked_outputs_are_those_measured() -> None:
    found = figures("outputs")

    assert f"| {found['raw']} and {found['tracebacks']} of {found['command_lines']} |" in row("command lines over")
    assert f": {found['other']['raw']} and {found['other']['tracebacks']} |" in row("command lines over")


def test_the_fuzzed_files_are_those_measured() -> None:
    found = figures("fuzz")
    files, worst, slow = row("files of strangers"), row("the slowest of them"), found["slow_trigger"]

    assert f"| {found['uncaught']}, {found['wrong']} and {found['outside']} in {found['trials']:,} |" in files
    assert f": {found['naive_load']['changed']:,} of {found['naive_load']['damaged']:,} give other numbers" in files
    assert found["trusting_reader"]["steps_outside"] == 2 and "both steps outside are heard" in files
    assert f"| {found['slowest_s']} s; {found['memory_mb']} MB |" in worst
    assert f"{slow['re_20_letters_ms']:.0f} ms for 20 letters and {slow['re_22_letters_ms']:.0f} for 22" in worst
    assert f"RE2 {slow['re2_100000_letters_ms']} ms for 100,000" in worst
    of_kinds = [kind["trials"] for kind in found.values() if isinstance(kind, dict) and "trials" in kind]
    lines = PAGE.partition("| kind | trials |")[2].splitlines()[2 : 2 + len(of_kinds)]
    assert [int(line.split(" | ")[1].replace(",", "")) for line in lines] == of_kinds


def test_the_long_transcript_is_that_measured() -> None:
    found = figures("long_transcript")

    said = f"A transcript of {found['mb']} MB takes {found['cpu_s']} s of processor time and {found['memory_mb']} MB of memory"
    assert said in PAGE.replace("\n", " ")


def test_the_secrets_are_those_measured() -> None:
    found = figures("secrets_nowhere")
    held, stored = (sum(found[of].values()) for of in ("held_by_way", "stored_by_way"))

    assert f"| {held - stored} of {held}; {len(found['given_away'])} tokens in {found['files_and_objects']} files" in row(
        "units that held"
    )
    assert f"finds {found['found_by_control']} in" in row("units that held")


def test_the_million_events_are_those_measured() -> None:
    found = figures("million")
    first = found["first_sync"]

    assert f"| {first['seconds']} s; {first['peak_mb']} MB; {found['lost']} |" in row("the first sync")
    assert f"| {found['publishing_1000']['seconds']} s, {found['getting_1000']['seconds']} s |" in row("a sync with 1,000")


def test_the_soak_is_that_measured() -> None:
    found = figures("soak")
    said = f"{found['commits_that_failed_or_talked']:,} of {found['events'] // 4:,}"

    row_of_soak = row(f"{found['events']:,} events through hook")
    assert f"| {found['slope_mb_per_1000']} MB; {found['processes_left']}; {said} |" in row_of_soak
