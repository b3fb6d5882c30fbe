"""Reports of sessions: one value, written as JSON, Markdown or a self-contained HTML page. Pure."""
