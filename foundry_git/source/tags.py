"""Tags of a unit, found by the words of its name, its imports and its description."""

from __future__ import annotations

import re
from collections.abc import Iterable

from foundry_git.source.units import Unit
from foundry_git.source.words import words_of

MOST_TAGS = 4

# One word of the name says as much as two imports or three words of the description.
NAME_WEIGHT, IMPORT_WEIGHT, DESCRIPTION_WEIGHT = 3, 1.5, 1

_IMPORTED = re.compile(r"^\s*(?:from\s+([\w.]+)\s+)?import\s+([^\n]+)", re.MULTILINE)

_SAYS_NOTHING = frozenset({"__future__", "typing", "typing_extensions", "collections.abc", "abc", "dataclasses"})

SYNONYMS = {
    tag: frozenset(words.split())
    for tag, words in {
        "api": "endpoint openapi rest graphql",
        "async": "asyncio await awaitable coroutine anyio trio asynchronous",
        "caching": "cache cached caches lru ttl memoize memoized memo redis memcached cachetools",
        "cli": "argparse click typer argv command commands getopt optparse",
        "collections": "deque ordereddict defaultdict counter",
        "comparison": "compare diff difflib similarity",
        "compression": "zlib gzip bz2 lzma zip zipfile tarfile compress decompress",
        "concurrency": "thread threads threading concurrent parallel multiprocessing executor futures semaphore",
        "configuration": "config configure settings configparser toml tomllib ini",
        "conversion": "convert converter coerce cast",
        "cryptography": "encrypt decrypt cipher hmac signature aes rsa",
        "csv": "tsv",
        "data": "dataset dataframe pandas",
        "database": "sqlite sqlite3 sqlalchemy postgres psycopg mysql orm db transaction",
        "dates": "date datetime calendar timezone weekday month year day zoneinfo isoformat",
        "debugging": "debug traceback pdb inspect",
        "decorator": "decorate wraps decorators",
        "encoding": "encode decode base64 codec codecs utf8 unicode charset escape unescape",
        "environment": "env environ getenv dotenv",
        "error-handling": "errors exception exceptions suppress",
        "events": "event emitter signal observer subscribe publish listener pubsub callback callbacks",
        "files": "file folder directory tempfile shutil filesystem",
        "formatting": "format formatter pretty pprint humanize truncate",
        "functional": "functools compose curry partial",
        "geometry": "polygon bbox rectangle angle",
        "graph": "networkx dag topological graphlib",
        "hashing": "hash hashlib sha256 sha1 md5 digest checksum fingerprint",
        "html": "beautifulsoup lxml htmlparser",
        "http": "requests httpx urllib urllib3 aiohttp request response headers cookie url cookies",
        "identifiers": "uuid slug slugify identifier nanoid ulid",
        "images": "image pillow pil png jpeg thumbnail",
        "iteration": "iterate iterator iter itertools chunk chunks chunked batch batched pairwise flatten",
        "json": "jsonl jsonschema orjson ujson",
        "limits": "limit limiter throttle ratelimit quota bucket",
        "locking": "lock mutex fcntl filelock flock rlock",
        "logging": "log logger logs getlogger structlog loguru",
        "math": "sqrt gcd prime primes factorial fibonacci matrix clamp",
        "memory": "weakref gc buffer memoryview",
        "networking": "socket tcp udp ip ipaddress dns hostname port",
        "numbers": "decimal fraction",
        "pagination": "paginate paginator page pages cursor",
        "parsing": "parse parser tokenize tokenizer lexer",
        "paths": "path pathlib glob dirname basename",
        "performance": "benchmark profile profiler timeit timer stopwatch",
        "processes": "subprocess process popen shell pid daemon",
        "queue": "fifo enqueue dequeue heapq",
        "randomness": "random shuffle",
        "resilience": "retry retries backoff breaker fallback timeout tenacity resilient",
        "scheduling": "schedule scheduler cron interval debounce delay",
        "search": "lookup bisect",
        "security": "auth authenticate password sanitize csrf jwt oauth login",
        "serialization": "serialize deserialize pickle marshal msgpack protobuf",
        "sorting": "sort sorted topk",
        "sql": "sqlite sqlite3 psycopg postgres mysql",
        "state": "fsm transition states",
        "statistics": "mean median stdev percentile quantile average histogram variance",
        "streams": "stream reader writer pipe chunked",
        "strings": "string substring strip prefix suffix camel snake",
        "templates": "template jinja2 render mustache",
        "testing": "test tests pytest unittest mock fixture assert hypothesis",
        "text": "wrap textwrap markdown levenshtein",
        "time": "duration elapsed seconds monotonic timestamp clock sleep",
        "tree": "trie node parent children walk subtree",
        "typing": "typevar",
        "ui": "button modal widget",
        "units": "bytes kilobyte celsius",
        "validation": "validate validator check is_valid schema pydantic verify",
        "versions": "version semver changelog",
        "web": "fastapi flask django starlette route middleware wsgi asgi",
        "xml": "elementtree etree sax xpath",
        "yaml": "pyyaml ruamel",
    }.items()
}
"""Tag → words that stand for it; every word of the vocabulary also stands for itself."""

_TAGS_OF: dict[str, list[str]] = {}
for _tag, _words in SYNONYMS.items():
    for _word in sorted(_words):
        _TAGS_OF.setdefault(_word, []).append(_tag)


def tags_for(unit: Unit, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """Choose at most ``MOST_TAGS`` tags of a vocabulary, the best supported first."""
    support: dict[str, float] = {}
    for weight, words in (
        (NAME_WEIGHT, words_of(unit.name)),
        (IMPORT_WEIGHT, _import_words(unit.imports)),
        (DESCRIPTION_WEIGHT, words_of(unit.description if unit.docstring else " ".join(unit.parameters))),
    ):
        for tag in _tags_of(words) & vocabulary:
            support[tag] = support.get(tag, 0) + weight
    ranked = sorted(support, key=lambda tag: (-support[tag], tag))
    return tuple(ranked[:MOST_TAGS])


def _tags_of(words: Iterable[str]) -> set[str]:
    """Look words up as they are, and where that says nothing, without a plural s or with one.

    A word that says something itself is no other's singular: to wrap text is no decorator that wraps a function.
    """
    forms = {form for word in words for form in _forms(word)}
    return {tag for form in forms for tag in (form, *_TAGS_OF.get(form, ()))}


def _forms(word: str) -> tuple[str, ...]:
    return (word,) if word in _TAGS_OF else (word, word.removesuffix("s"), f"{word}s")


def _import_words(imports: Iterable[str]) -> list[str]:
    """Take the words of import statements: ``from urllib.parse import quote`` gives ``urllib parse quote``."""
    found = _IMPORTED.findall("\n".join(imports))
    return [word for module, names in found if module not in _SAYS_NOTHING for word in words_of(f"{module} {names}")]
