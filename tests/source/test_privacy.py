"""Private data: taken out of comments and docstrings, reported in literals, and not seen where there is none."""

from __future__ import annotations

import ast

import pytest

from foundry_git.source.privacy import EMAIL, HOME, Scrubbed, scrubbed, scrubbed_prose
from foundry_git.source.shapes import shape_of

ADDRESS = "jo.doe+work" + "@" + "company.io"
FOLDER = "/home" + "/jdoe"

PYTHON = f'''\
def load(path: str) -> str:
    """Load a file; ask {ADDRESS} (see {FOLDER}/notes.txt) if it fails."""
    # written by {ADDRESS}
    text = open(path).read()  # like {FOLDER}/a/b
    return text
'''


def test_comments_and_docstrings_lose_addresses_and_home_folders() -> None:
    done = scrubbed(PYTHON, "python")

    assert done.kinds == ()
    assert done.text == PYTHON.replace(ADDRESS, "<e-mail>").replace(FOLDER, "~")
    assert shape_of(done.text, "python") == shape_of(PYTHON, "python")


@pytest.mark.parametrize(
    "line",
    [
        'to = "{}"', "to = f'{{name}} <{}>'", 'text = """\n{}\n"""', 'send("a", to="mailto:{}")', 'return "x" "{}"', "x = [\n  '{}'\n]",
    ],
)  # fmt: skip
def test_an_address_in_a_literal_stays_and_is_reported(line: str) -> None:
    text = line.format(ADDRESS) + "\n"

    assert scrubbed(text, "python") == Scrubbed(text, (EMAIL,))


@pytest.mark.parametrize(
    ("language", "text", "after"),
    [
        ("javascript", "// by {}\nf(1);\n", "// by <e-mail>\nf(1);\n"),
        ("typescript", "/**\n * @author {}\n */\nf(`x`);\n", "/**\n * @author <e-mail>\n */\nf(`x`);\n"),
        ("go", "// ask {}\nvar a = `//`\n", "// ask <e-mail>\nvar a = `//`\n"),
        ("rust", "/// by {}\nfn f<'a>(x: &'a str);\n", "/// by <e-mail>\nfn f<'a>(x: &'a str);\n"),
        ("rust", '/* {} */ let s = r#"//"#;\n', '/* <e-mail> */ let s = r#"//"#;\n'),
        ("any", "Ask {}.\n", "Ask <e-mail>.\n"),
    ],
)
def test_comments_of_other_languages_are_scrubbed(language: str, text: str, after: str) -> None:
    done = scrubbed(text.replace("{}", ADDRESS), language)

    assert (done.text, done.kinds) == (after, ())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "const a = '{}'; // x\n"),
        ("javascript", "const a = `\n// {}`;\n"),
        ("typescript", 'const a = "https://x.org // {}";\n'),
        ("go", "var a = `\n// {}\n`\n"),
        ("rust", 'let a = "x\n {}";\n'),
        ("rust", "let a = 'b'; let c = r##\"// {}\"##;\n"),
    ],
)
def test_literals_of_other_languages_are_reported(language: str, text: str) -> None:
    text = text.replace("{}", ADDRESS)

    done = scrubbed(text, language)

    assert (done.text, done.kinds) == (text, (EMAIL,))


@pytest.mark.parametrize(
    "text",
    [
        "a = left@right.size\n", "@app.route('/x')\ndef f(): pass\n", "x = 'jo@example.com'\n", "x = 'jo@mail.example.org'\n",
        "x = 'a@b'\n",
        "x = 'jo@shop.test'\n", "x = 'git@github.com:a/b.git'\n", "x = 'noreply@shop.io'\n", "x = '1+jo@users.noreply.github.com'\n",
        "x = 'icon@2x.png'\n", "x = 'https://jo@host.io/x'\n", "x = '/home/user/x'\n", "x = '/home/'\n", "x = 'https://a.io/home/jo/x'\n",
        "x = '~/x'\n", "x = '{}@{}.com'\n", "x = 'lodash@4.17.1'\n", "x = '/homework/jo/'\n", "x = 'C:/Users/Public/x'\n",
        "x = 'jo@localhost'\n",
    ],
)  # fmt: skip
def test_what_is_nobodys_is_left_alone(text: str) -> None:
    assert scrubbed(text, "python") == Scrubbed(text, ())
    assert scrubbed_prose(text.replace("left@right.size", "")) == text.replace("left@right.size", "")


@pytest.mark.parametrize(
    "path", ["/home/jdoe/x", "/Users/jdoe/x", "C:\\\\Users\\\\jdoe\\\\x", "c:/Users/jdoe/x", "file:///home/jdoe/x"]
)
def test_home_folders_of_every_system_are_found(path: str) -> None:
    assert scrubbed(f'x = "{path}"\n', "python").kinds == (HOME,)
    assert "jdoe" not in scrubbed_prose(f"It lies at {path}.")


def test_text_that_is_no_python_is_taken_as_literal() -> None:
    assert scrubbed(f"def (((\n# {ADDRESS}\n'''", "python").kinds == (EMAIL,)


def test_scrubbed_code_is_still_code() -> None:
    text = f"def f():\n    '''{ADDRESS}'''\n    return '''\n# {FOLDER}/x'''  # é {ADDRESS}\n"

    done = scrubbed(text, "python")

    ast.parse(done.text)
    assert (ADDRESS in done.text, FOLDER in done.text, done.kinds) == (False, True, (HOME,))
