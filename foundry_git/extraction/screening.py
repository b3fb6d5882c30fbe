"""Screening: the last look at a candidate before it is stored or shared."""

from __future__ import annotations

from msgspec.structs import replace

from foundry_git.errors import PrivateDataError, SecretFoundError
from foundry_git.extraction import gitleaks
from foundry_git.library.candidates import Candidate
from foundry_git.settings import ScreenSettings
from foundry_git.source.privacy import scrubbed, scrubbed_prose
from foundry_git.source.private_names import withheld
from foundry_git.source.secrets import find_secrets


def screened(candidate: Candidate, screen: ScreenSettings) -> Candidate:
    """A candidate without addresses and home folders in its comments and description.

    Raises:
        SecretFoundError: something of it holds a secret. PrivateDataError: a literal of its code holds an address or a home folder.
    """
    if kind := withheld(candidate.origin.path) or withheld(candidate.origin.symbol):
        raise (SecretFoundError if kind.startswith("secret") else PrivateDataError)("candidate", [kind.partition(": ")[2]])
    rules = {hit.rule for content in candidate.files().values() for hit in find_secrets(content.decode("utf-8", "replace"))}
    if screen.gitleaks:
        rules |= set(gitleaks.rules_in({candidate.id: gitleaks.text_of(candidate)}).get(candidate.id, ()))
    named = f"{candidate.manifest.name}\n{candidate.manifest.description}"
    place = "candidate" if find_secrets(named) else candidate.id  # an id is made of what it was called
    if rules:
        raise SecretFoundError(place, sorted(rules))
    language = candidate.manifest.language
    code, tests = scrubbed(candidate.code, language), scrubbed(candidate.tests, language)
    if kinds := sorted({*code.kinds, *tests.kinds}):
        raise PrivateDataError(place, kinds)
    manifest = replace(candidate.manifest, description=scrubbed_prose(candidate.manifest.description))
    return replace(candidate, manifest=manifest, code=code.text, tests=tests.text)
