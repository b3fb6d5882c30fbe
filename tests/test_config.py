"""Configuration: what may be set where, and every problem of a file said at once with the key that was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git.config import INJECTION_VARIABLE, load
from foundry_git.errors import ConfigurationError, ManifestError
from foundry_git.library.library import Library, open_library
from foundry_git.settings import Settings
from foundry_git.source.frameworks import FRAMEWORKS
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

ID = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\n"


def library(folder: Path, text: str) -> Library:
    (folder / "foundry.yaml").write_text(ID + text)
    return open_library(folder)


def settings(folder: Path, text: str = "", user: str | bytes | None = None, **environment: str) -> Settings:
    file = folder / "config.yaml"
    if user is not None:
        file.write_bytes(user.encode() if isinstance(user, str) else user)
    return load(library(folder, text), file, environment)


def problems(folder: Path, text: str = "", user: str | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as raised:
        settings(folder, text, user)
    assert raised.value.exit_code == 2
    assert raised.value.place == str(folder / ("config.yaml" if user else "foundry.yaml"))
    return raised.value.problems


def test_nothing_set_is_the_defaults(tmp_path: Path) -> None:
    assert settings(tmp_path) == Settings() == load(None, tmp_path / "none.yaml", {})
    assert settings(tmp_path, "extraction:\nsearch:\ninjection:\nevidence:\nscoring:\ntags:\n", "encoder:\n") == Settings()


def test_everything_that_is_set_arrives(tmp_path: Path) -> None:
    text = """\
name: team
tags: [synergy]
extraction: {min_complexity: 4, min_lines: 6, max_similarity: 0.8, per_week: 2, languages: [python, go], frameworks: [react],
  paths: [services/*], ignore_paths: [old], ignore_names: ["x*"], authors: all}
search: {default_limit: 9, min_relevance: 0.25}
injection: {enabled: no, max_patterns: 4, min_success_rate: 55, max_characters: 1234, holdout: 0.1,
  version_trial: 0.2}
evidence: {half_life_days: 90, since: 2021-04-01, max_weight_per_author: 5}
scoring: {model: legacy}
"""
    found, plain = settings(tmp_path, text, "encoder: {weights: ~/w, model: some/model, enabled: off}\n"), Settings()

    for section in ("extraction", "search", "injection", "encoder", "evidence", "scoring"):
        mine, default = getattr(found, section), getattr(plain, section)
        same = [name for name in mine.__struct_fields__ if getattr(mine, name) == getattr(default, name)]
        assert not same, f"{section}: {same} did not arrive"
    assert (found.evidence.half_life_days, found.evidence.max_weight_per_author, found.scoring.model) == (90, 5, "legacy")
    assert (found.search.default_limit, found.search.min_relevance) == (9, 0.25)
    assert (found.injection.enabled, found.injection.max_characters) == (False, 1234)
    assert found.extraction.languages == ("python", "go") and "synergy" in found.extraction.tags
    assert found.encoder.weights == Path.home() / "w"


def test_frameworks_are_chosen_by_a_list_and_added_by_a_mapping(tmp_path: Path) -> None:
    chosen = settings(tmp_path, "extraction: {frameworks: [flask, celery]}\n").extraction.frameworks
    assert chosen == {"flask": FRAMEWORKS["flask"], "celery": ("celery",)}

    added = settings(tmp_path, "extraction: {frameworks: {acme: [acme.web, acme_rpc], flask: [quart]}}\n").extraction.frameworks
    assert added == {**FRAMEWORKS, "acme": ("acme.web", "acme_rpc"), "flask": ("quart",)}

    assert problems(tmp_path, "extraction: {frameworks: {acme: acme.web}}\n") == ("extraction.frameworks.acme: must be a list",)


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    text = """\
serch: {}
tags: [Not A Tag]
extraction: {min_lines: few, max_similarity: 2, languages: [cobol], authors: nobody, paths: services}
search: {default_limit: 0, min_relevance: high}
injection: {enabled: maybe, min_success_rate: 101, max_paterns: 3}
evidence: {half_life_days: 0, since: soon, max_weight_per_author: 0}
scoring: {model: oracle}
"""
    found = problems(tmp_path, text)

    assert set(found) == {
        "serch: unknown key; did you mean search?",
        "tags: 'Not A Tag' is not a word in lower case with single hyphens",
        "extraction.min_lines: 'few' is not a whole number",
        "extraction.max_similarity: '2' is not a number from 0 to 1",
        "extraction.languages: 'cobol' is none of python, javascript, typescript, go, rust",
        "extraction.authors: 'nobody' is none of mine, all",
        "extraction.paths: must be a list",
        "search.min_relevance: 'high' is not a number from 0 to 1",
        "search.default_limit: must be at least 1",
        "injection.max_paterns: unknown key; did you mean max_patterns?",
        "injection.enabled: 'maybe' is neither true nor false",
        "injection.min_success_rate: is a percentage, at most 100",
        "evidence.half_life_days: must be at least 1",
        "evidence.since: 'soon' is no day; write one like 2024-03-31",
        "evidence.max_weight_per_author: must be at least 1",
        "scoring.model: 'oracle' is none of beta, legacy",
    }


@pytest.mark.parametrize("value", ["-1", "1.5", "nan", "1e3", "٣", "9999999999", "[1]", "{a: 1}"])
def test_a_number_is_a_plain_whole_number(tmp_path: Path, value: str) -> None:
    assert len(problems(tmp_path, f"search: {{default_limit: {value}}}\n")) == 1


@pytest.mark.parametrize("value", ["-0.1", "1.01", "nan", "inf", "-inf", "half", "[0.5]"])
def test_a_fraction_lies_between_0_and_1(tmp_path: Path, value: str) -> None:
    assert len(problems(tmp_path, f"extraction: {{max_similarity: {value}}}\n")) == 1


@pytest.mark.parametrize("section", ["extraction", "search", "injection", "evidence", "scoring"])
def test_a_section_is_a_mapping(tmp_path: Path, section: str) -> None:
    assert problems(tmp_path, f"{section}: [a, b]\n") == (f"{section}: must be a mapping",)


@pytest.mark.parametrize("key", ["encoder: {model: evil/model}", "encoder: {weights: /tmp/w}", "encoder: {}", "command: rm"])
def test_a_tracked_file_cannot_name_a_model_or_a_command(tmp_path: Path, key: str) -> None:
    (found,) = problems(tmp_path, f"{key}\n")

    assert found.startswith(f"{key.partition(':')[0]}: unknown key")


def test_the_users_file_is_for_the_encoder_alone(tmp_path: Path) -> None:
    text = "injection: {enabled: false}\nencoder: {wights: x, enabled: perhaps}\n"

    assert set(problems(tmp_path, "", text)) == {
        "injection: unknown key",
        "encoder.wights: unknown key; did you mean weights?",
        "encoder.enabled: 'perhaps' is neither true nor false",
    }


def test_the_users_file_is_guarded_like_every_yaml_file(tmp_path: Path) -> None:
    for text in (b"encoder: [\n", b"\xff\xfe", b"encoder: !!python/object:os.system x\n", b"<<<<<<< HEAD\n"):
        with pytest.raises(ManifestError) as raised:
            settings(tmp_path, "", text)
        assert raised.value.path == tmp_path / "config.yaml"


@pytest.mark.parametrize("value", ["off", "OFF", "0", "False", "no"])
def test_the_environment_can_only_switch_injection_off(tmp_path: Path, value: str) -> None:
    assert settings(tmp_path, **{INJECTION_VARIABLE: value}).injection.enabled is False
    for other in ("on", "1", "", "true"):
        assert settings(tmp_path, **{INJECTION_VARIABLE: other}).injection.enabled is True
        assert settings(tmp_path, "injection: {enabled: false}\n", **{INJECTION_VARIABLE: other}).injection.enabled is False


@pytest.mark.parametrize("command", [("search", "retry"), ("inject", "--task", "retry"), ("extract", "--all")])
def test_a_command_says_what_is_wrong_and_where(repo: GitRepo, foundry: CommandLine, command: tuple[str, ...]) -> None:
    repo.commit({"foundry.yaml": ID + "search: {default_limt: 3}\nencoder: {model: evil/model}\n", "a.py": "x = 1\n"})

    done = foundry(*command)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"foundry: {repo.path}/foundry.yaml: encoder: unknown key; search.default_limt: unknown key;"
        " did you mean default_limit?; see docs/configuration.md\n"
    )


def test_a_team_sets_how_many_hits_there_are(repo: GitRepo, foundry: CommandLine) -> None:
    repo.write({"foundry.yaml": ID + "search: {default_limit: 1}\n"})

    assert foundry("search", "--json", "retry with backoff").stdout.count('"id"') == 1
