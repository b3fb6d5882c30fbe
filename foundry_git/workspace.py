"""A workspace: the repository and libraries that belong to a folder, and what is wired from them."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from msgspec import Struct
from msgspec.structs import replace

from foundry_git import config
from foundry_git.errors import ConfigurationError, NoLibraryError, NotARepositoryError, WeightsError
from foundry_git.evidence.known_scores import KnownScores
from foundry_git.evidence.ledger import Ledger
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.git.roots import roots_of
from foundry_git.git.state_folder import STATE_NAME, StateFolder
from foundry_git.index.index import Index
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.index_folder import INDEX
from foundry_git.library.library import Library, find_library, open_named, starter_library
from foundry_git.source.seen_languages import NOTHING_SEEN, SeenLanguages
from foundry_git.system.files import expanded
from foundry_git.system.leftovers import sweep

if TYPE_CHECKING:
    from foundry_git.git.tree import CommitTree
    from foundry_git.index.encoder.protocol import Encoder
    from foundry_git.index.mentions import Mentions
    from foundry_git.library.candidates import CandidateStore
    from foundry_git.settings import ExtractionSettings, Settings

log = logging.getLogger("foundry_git.workspace")

APPLICATION = "foundry-git"


class UserFolders(Struct, frozen=True):
    """Where this user's own files are: configuration, cache, and state for places outside any repository."""

    configuration: Path
    cache: Path
    state: Path

    @classmethod
    def usual(cls) -> UserFolders:
        """The folders of the platform (on Linux those of XDG)."""
        return cls(
            platformdirs.user_config_path(APPLICATION),
            platformdirs.user_cache_path(APPLICATION),
            platformdirs.user_state_path(APPLICATION),
        )


class Workspace:
    """What one command works on. Nothing is opened before it is asked for."""

    def __init__(
        self,
        repository: Repository | None,
        own: Library | None,
        folders: UserFolders,
        environment: Mapping[str, str],
    ) -> None:
        self.repository = repository
        self.own = own
        self.folders = folders
        self.weights_error = ""
        self._languages: tuple[str, SeenLanguages] | None = None
        self._environment = environment

    @classmethod
    def open(
        cls,
        start: Path,
        library: str | None = None,
        environment: Mapping[str, str] = os.environ,
        folders: UserFolders | None = None,
    ) -> Workspace:
        """Open the workspace of a folder; a missing repository or library is no error before something needs it.

        Raises:
            NoLibraryError: a library was named, by ``library`` or ``FOUNDRY_LIBRARY``, and is not there.
            LibraryError, ManifestError: the library that was found cannot be used.
        """
        try:
            repository: Repository | None = Repository.here(start, environment)
        except NotARepositoryError:
            repository = None
        named = library or environment.get(config.LIBRARY_VARIABLE)
        try:
            own = open_named(expanded(named)) if named else _library_of(start, repository)
        except NoLibraryError:
            if named:
                raise
            own = None
        for folder in _written_to(repository, own):
            sweep(folder)
        return cls(repository, own, folders or UserFolders.usual(), environment)

    @cached_property
    def settings(self) -> Settings:
        """The settings in force."""
        return config.load(self.own, self.folders.configuration / "config.yaml", self._environment)

    @cached_property
    def scope(self) -> ExtractionSettings:
        """The settings of extraction, without the library's own patterns: they are found as what they are."""
        settings = self.settings.extraction
        return replace(settings, ignore_paths=(*settings.ignore_paths, self.own_patterns)) if self.own_patterns else settings

    @cached_property
    def own_patterns(self) -> str:
        """The folder of the library's patterns as the repository has it; empty where the library stands outside of it."""
        own, repository = self.own, self.repository
        top = repository.top.resolve() if repository and repository.top else None
        return own.patterns.relative_to(top).as_posix() if own and top and own.root.is_relative_to(top) else ""

    @cached_property
    def stack(self) -> list[Library]:
        """The libraries searched together, in order of precedence; the starter library comes last."""
        starter = starter_library()
        both = [self.own, starter]
        return [one for at, one in enumerate(both) if one and one.id not in {other.id for other in both[:at] if other}]

    @cached_property
    def index(self) -> Index:
        """The index over the whole stack."""
        return Index(self._index_folder(), self.folders.cache, lambda: self._encoder)

    @cached_property
    def patterns(self) -> StackIndex:
        """The patterns of the stack, as its index has them."""
        return StackIndex(self.index, self.stack, self._starter_patterns)

    @cached_property
    def units(self) -> Index | None:
        """The index over the units of HEAD, which nobody reviewed; None without a repository."""
        return Index(self._units_folder, self.folders.cache, lambda: self._encoder) if self.repository else None

    @property
    def has_units(self) -> bool:
        """Tell whether somebody asked about the units of HEAD before: until then nothing is read of them in the background."""
        return any((place / "catalogue.db").is_file() for place in self._units_places())

    @cached_property
    def mentions(self) -> Mentions:
        """The words of HEAD's files, which tell who uses a unit; empty without a repository."""
        from foundry_git.index.mentions import Mentions

        return Mentions(self._units_folder / "mentions.db" if self._units_folder else None)

    @cached_property
    def ledger(self) -> Ledger:
        """The evidence."""
        folder = self.index.folder or self.state
        return Ledger(self.state, folder / "stats.db", lambda: self._began)

    @cached_property
    def _began(self) -> datetime | None:
        """When the evidence can have begun: as it is set, else with the first commit, of the library or of the code that uses it."""
        with contextlib.suppress(ConfigurationError):  # evidence is recorded whatever the settings say
            if since := self.settings.evidence.since:
                return since
        places = [place for place in (self.home, self.repository) if place]
        known = [roots_of(place).began for place in {place.common_dir: place for place in places}.values()]
        dates = [date for date in known if date]
        return min(dates) if len(dates) == len(known) and dates else None

    def languages(self) -> SeenLanguages:
        """The languages that the repository is written in at HEAD now; nothing is known of an empty one, or of none."""
        from foundry_git.index.languages import languages_at

        if self.repository is None:
            return NOTHING_SEEN
        head = self.repository.head()
        if self._languages is None or self._languages[0] != head:  # a watcher keeps a workspace from commit to commit
            self._languages = head, languages_at(self.repository, head, self.own_patterns, self._units_folder)
        return self._languages[1]

    @property
    def state(self) -> Path:
        """The folder for what cannot be derived: that of the library's repository, so that all who share it share evidence."""
        return self.home.state if self.home else self.folders.state

    @cached_property
    def home(self) -> Repository | None:
        """The repository that evidence belongs to: the library's, or this one where the library is in none."""
        own, repository = self.own, self.repository
        if own and repository and not (repository.top and own.root.is_relative_to(repository.top.resolve())):
            try:
                return Repository.at(own.root)
            except NotARepositoryError:
                return repository
        return repository

    @cached_property
    def objects(self) -> BlobReader:
        """The one child of Git that reads objects of this repository for everybody; raises like :meth:`need_repository`."""
        return BlobReader(self.need_repository())

    def head_tree(self) -> CommitTree:
        """The tree of HEAD as it is now."""
        from foundry_git.git.tree import tree_of_head  # a search does without it, as without the candidates

        return tree_of_head(self.objects)

    @cached_property
    def candidates(self) -> CandidateStore:
        """The candidates of this repository."""
        from foundry_git.library.candidates import CandidateStore

        return CandidateStore(self.objects)

    def need_repository(self) -> Repository:
        """The repository; raises NotARepositoryError where there is none."""
        if self.repository is None:
            raise NotARepositoryError(Path.cwd())
        return self.repository

    def need_library(self) -> Library:
        """The project's own library; raises NoLibraryError where there is none."""
        if self.own is None:
            raise NoLibraryError(Path.cwd())
        return self.own

    def scores(self) -> KnownScores:
        """What the evidence says of each digest now, read as it is looked up."""
        now, settings = datetime.now(UTC), self.settings
        return KnownScores(lambda digests: self.ledger.scores(now, settings.evidence, settings.scoring.model, digests))

    def close(self) -> None:
        """Close what was opened."""
        for name in ("index", "units", "mentions", "ledger", "objects"):
            if self.__dict__.get(name) is not None:
                self.__dict__[name].close()
        if shared := self.__dict__.get("_starter_patterns"):
            shared.index.close()

    def _index_folder(self) -> Path | None:
        own = self.own
        return own.root / INDEX if own and not own.read_only else self._cached_index(self.stack)

    def _cached_index(self, stack: Sequence[Library]) -> Path | None:
        return _writable(self._cached("index", "\0".join(str(library.root) for library in stack)))

    @cached_property
    def _starter_patterns(self) -> StackIndex | None:
        """The starter library as the user's cache has it for all stacks; None where it is all that there is, or nothing is cached."""
        starter = self.stack[-1:]
        folder = self._cached_index(starter) if len(self.stack) > 1 else None
        return StackIndex(Index(folder, self.folders.cache, lambda: None), starter) if folder else None

    @cached_property
    def _units_folder(self) -> Path | None:
        """In the Git folder of the work tree, for each has a HEAD of its own; in the user's cache where that is read-only."""
        return next((place for place in map(_writable, self._units_places()) if place), None)

    def _units_places(self) -> tuple[Path, ...]:
        if self.repository is None:
            return ()
        git_dir = self.repository.git_dir
        return StateFolder(git_dir / STATE_NAME).units, self._cached("units", str(git_dir))

    def _cached(self, what: str, of: str) -> Path:
        return self.folders.cache / what / hashlib.sha256(of.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    @cached_property
    def _encoder(self) -> Encoder | None:
        from foundry_git.index.encoder.choose import open_encoder

        try:
            return open_encoder(self.settings.encoder, self.folders.cache)
        except WeightsError as error:
            self.weights_error = str(error)
            log.warning("%s; meanwhile search is by word only", error)
            return None


def _library_of(start: Path, repository: Repository | None) -> Library:
    """The library of a folder; where the environment names a repository that the folder is not in, that of its work tree."""
    top = repository.top if repository else None
    is_inside = top is None or start.resolve().is_relative_to(top.resolve())
    return find_library(start if is_inside or top is None else top, top)


def _written_to(repository: Repository | None, own: Library | None) -> Iterator[Path]:
    """The folders in which a process that was killed may have left something; to look there takes 0.1 ms."""
    if own and not own.read_only:
        yield from (own.root, own.root / INDEX)
    if repository:
        state = StateFolder(repository.state)
        yield from (state.path, state.cursors, StateFolder(repository.git_dir / STATE_NAME).units)
        yield from () if repository.top is None else (repository.top,)


def _writable(folder: Path) -> Path | None:
    """The folder, made where it is not there; None where nothing can be written to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
