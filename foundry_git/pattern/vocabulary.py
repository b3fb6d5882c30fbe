"""The controlled vocabulary: what the fields of a manifest may say.

One vocabulary for writers and readers: in a system this grew from they differed, and 91 % of 37,138 patterns were never found.
A library extends the tags in its ``foundry.yaml``.
"""

from __future__ import annotations

KINDS = ("function", "class", "test", "guidance")

EXTENSIONS = {
    "python": "py",
    "javascript": "js",
    "typescript": "ts",
    "go": "go",
    "rust": "rs",
}
"""Language → the extension of its code files; ``any`` (guidance, no code) has none."""

ANY_LANGUAGE = "any"

NEEDS = "Needs of its project: "
"""What ``suggested_action`` says of a pattern that was accepted although it does not stand alone."""

TAGS = frozenset(
    {
        "api", "async", "caching", "cli", "collections", "comparison", "compression", "concurrency", "configuration",
        "conversion", "cryptography", "csv", "data", "database", "dates", "debugging", "decorator", "encoding",
        "environment", "error-handling", "events", "files", "formatting", "functional", "geometry", "graph",
        "hashing", "html", "http", "identifiers", "images", "iteration", "json", "limits", "locking", "logging",
        "math", "memory", "networking", "numbers", "pagination", "parsing", "paths", "performance", "processes",
        "queue", "randomness", "resilience", "scheduling", "search", "security", "serialization", "sorting", "sql",
        "state", "statistics", "streams", "strings", "templates", "testing", "text", "time", "tree", "typing", "ui",
        "units", "validation", "versions", "web", "xml", "yaml",
    }
)  # fmt: skip
