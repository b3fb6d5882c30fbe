#!/usr/bin/env bash
# A tool of the MCP Python SDK whose argument is `str | None` does not get the text that the client sent.
#
# Versions:  mcp 2.3.0 (PyPI)
# Guess:     the schema says string or null, the client sends a string, the tool gets that string.
# Seen:      where an argument's type is anything but `str` itself, the server first reads each string as JSON and hands on what comes
#            out, if that is an object, a list or null. The word null arrives as None, as if nothing had been asked; `[1]` and
#            `{"a": 1}` are refused as "Input should be a valid string", though they are strings. 42 and true stay strings, and a
#            plain `str` is never touched, so tests with words pass.
# Output:    str: 'null' '[1]' '42' · str | None: None error '42'
# Date:      2026-11-29
# Touches:   search tools that take an optional piece of code or a filter: JSON is code too. Declare `str = ""` instead.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mcp==2.3.0
"$folder/venv/bin/python" 2>/dev/null - <<'PYTHON'
import sys

import anyio
from mcp import Client
from mcp.server.mcpserver import MCPServer

server = MCPServer("search")


@server.tool()
def plain(code: str) -> str:
    return repr(code)


@server.tool()
def optional(code: str | None = None) -> str:
    return repr(code)


async def got(client, tool, text):
    answer = await client.call_tool(tool, {"code": text})
    return "error" if answer.is_error else answer.content[0].text


async def main():
    async with Client(server) as client:
        return [" ".join([await got(client, tool, text) for text in ("null", "[1]", "42")]) for tool in ("plain", "optional")]


plain_got, optional_got = anyio.run(main)
print(f"str: {plain_got} · str | None: {optional_got}")
sys.exit(0 if (plain_got, optional_got) == ("'null' '[1]' '42'", "None error '42'") else "changed: see above")
PYTHON
