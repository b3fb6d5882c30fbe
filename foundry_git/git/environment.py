"""The environment of every Git child.

Git exports GIT_DIR, GIT_INDEX_FILE and more to hooks; inherited, they make ``git -C /other`` silently read the wrong repository.
"""

from __future__ import annotations

from collections.abc import Mapping

_KEPT = frozenset(
    {
        "GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_ALLOW_PROTOCOL", "GIT_PROXY_COMMAND",
        "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT",
        "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
    }
)  # fmt: skip
_KEPT_WITH_NUMBERS = ("GIT_SSL_", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
"""The last two are settings by variable, as CI systems give them, ``safe.directory`` above all."""
_FORCED = {
    "GIT_OPTIONAL_LOCKS": "0",  # never take the user's index lock only to refresh it
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone would go to the network for a missing blob
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Copy ``environment`` without what names a repository; identity, transport and configuration stay."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_WITH_NUMBERS)
    }
    return kept | _FORCED
