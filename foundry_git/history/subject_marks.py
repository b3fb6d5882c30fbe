"""Marks before the text of a subject: conventional types and scopes, areas, tags and emoji, and what they say of the commit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

Kind = Literal["fix", "other"]

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(
        ["fix", "fixes", "fixed", "bugfix", "bugfixes", "bug-fix", "bug fix", "hotfix", "bug", "regression", "crash"], "fix"
    ),
    **dict.fromkeys(
        "feat feature perf refactor refacto refactoring style chore improvement enhancement add new bump".split(), "other"
    ),
    **dict.fromkeys("upgrade deprecate wip cleanup revert merge update dx ux".split(), "other"),
    **dict.fromkeys("修复 修正".split(), "fix"),
    **dict.fromkeys("新增 优化 重构 文档 更新 升级".split(), "other"),
    **dict.fromkeys("imp mig ref ren del rem".split(), "other"),  # tags of Odoo's projects
}
"""What a conventional type, or a tag in brackets, says of the commit. What it says nothing about is in none of them."""

OTHER_AREAS = frozenset(
    """
    build builds ci cd circleci travis appveyor workflow workflows meson cmake makefile deps dep dependencies deps-dev release releases
    changelog doc docs doku documentation readme man guide tutorial test tests testing spec e2e lint linter eslint style styles prettier
    type types typing typings typo typos spelling i18n l10n locale locales translation translations po license licence benchmark mypy
    clippy ruff flake8 pre-commit gitignore website
    """.split()
)
"""Areas (``docs: …``) where what is mended is not what the code does."""

OTHER_SCOPES = OTHER_AREAS | {"actions", "docker", "github", "gitlab"}
"""Scopes (``fix(docs): …``) of the same kind; as areas the added ones may be code."""

EMOJI: Mapping[str, Kind] = {
    **dict.fromkeys("🐛 bug 🚑 ambulance 🩹 adhesive_bandage 🔒 lock".split(), "fix"),
    **dict.fromkeys(
        "✨ ✅ 📝 🔖 ⬆ ⬇ ♻ 🔥 ✏ 👷 💚 🚨 🔧 🔨 📌 ➕ ➖ 🌐 🚚 📄 💡 🙈 🚀 🎉 🏷 ⚡ 🍱 ⏪ 🔀 📈 🌱 💬 📸 🧪 🏗 ⚰ 🗑".split(), "other"
    ),
    **dict.fromkeys(
        """
        sparkles white_check_mark memo bookmark arrow_up arrow_down recycle fire pencil2 construction_worker green_heart rotating_light
        wrench hammer pushpin heavy_plus_sign heavy_minus_sign globe_with_meridians truck page_facing_up bulb see_no_evil rocket tada
        label zap bento rewind twisted_rightwards_arrows chart_with_upwards_trend seedling speech_balloon camera_flash test_tube
        building_construction coffin wastebasket
        """.split(),
        "other",
    ),
}
"""The meanings of https://gitmoji.dev, of those whose meaning settles it; "simple fix" and "security" count as fixes."""

SIGNS: Mapping[str, Kind] = {"@B": "fix", "@N": "other", "@C": "other", "@R": "other"}
"""Marks from the days of CVS, which some projects kept: a bug, something new, a change, something removed."""

_MOST = 4  # ``🐛 [core] fix(parser): …`` has three
_MARK = re.compile(
    r"\s*(?:[-*•#]\s+)?(?:"
    r":(?P<code>[a-z0-9_+]{2,40}):"
    r"|(?P<emoji>[\u2190-\u2bff\U0001f000-\U0001faff])[\ufe0e\ufe0f]?"
    r"|[\[【](?P<tag>[^\[\]【】]{1,40})[\]】]:?"
    r"|(?P<sign>@[A-Z])(?=\s)"
    r"|(?P<area>[^\W\d_][\w /.,+*\-]{0,40})(?:\((?P<scope>[^()]{0,60})\))?!?\s?[:：](?!:)"
    r")"
)
_ONE_OF = re.compile(r"\s?[+/&]\s?")  # ``[IMP+FIX]``
_NUMBER = re.compile(r"[\s#]{1,3}\d+$")  # ``[Fixes #46]``
_PARTS = re.compile(r"[ /.,&_\-]")
_TEST_OF_GIT = re.compile(r"t\d{4}\b|t/")


def parted(subject: str, tells: Callable[[str], object]) -> tuple[Kind | None, str]:
    """What the marks say of the commit, and the text after them.

    ``tells`` says whether a text tells of a defect; an area that does so stays ("Crash on start: …").
    """
    kind: Kind | None = None
    text = subject
    for _ in range(_MOST):
        mark = _MARK.match(text)
        if mark is None or (kind == "other" and mark["area"]):
            break
        said = _said(mark)
        if said is None and mark["area"] and tells(mark["area"]):
            break
        kind = said if said == "fix" or kind is None else kind
        text = text[mark.end() :]
    return kind, text


def _said(mark: re.Match[str]) -> Kind | None:
    if mark["code"] or mark["emoji"] or mark["sign"]:
        return EMOJI.get(mark["code"] or mark["emoji"]) or SIGNS.get(mark["sign"])
    name, scope = (mark["area"] or mark["tag"]).strip().casefold(), mark["scope"] or ""
    if scope.casefold() in OTHER_SCOPES or _PARTS.split(name)[0] in OTHER_AREAS or _TEST_OF_GIT.match(name):
        return "other"
    kinds = {KINDS.get(part) for part in _ONE_OF.split(_NUMBER.sub("", name))}
    return "fix" if "fix" in kinds else "other" if "other" in kinds else None
