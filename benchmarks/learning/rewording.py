"""Rewordings: a documentation sentence as somebody would ask for it."""

from __future__ import annotations

import random
import re

from foundry_git.index.identifiers import split_identifiers

_WITHOUT = frozenset(
    "a an and are as be by for from given if in into is it its of on or that the this to use used using when which with".split()
) | {"can", "will"}
_ARTICLE = re.compile(r"\b(?:the|a|an) ")
_NO_VERB = frozenset({"this", "is", "has", "does", "as", "its", "was"})


def reworded(sentence: str, name: str, language: str, draw: random.Random) -> str:
    """Word a question after a documentation sentence, or after the name of what it documents, in one of six ways.

    As it stands, as an order, that without articles, "how to …", a few key words, the name's words; every fourth time the
    language is named too.
    """
    question = _question(sentence.rstrip(". "), name, draw)
    if draw.random() < 0.25:
        return draw.choice([f"{language} {question}", f"{question} in {language}", f"{question} {language}"])
    return question


def _question(sentence: str, name: str, draw: random.Random) -> str:
    order, words, way = _order(sentence), split_identifiers(name), draw.random()
    if way < 0.25:
        return sentence
    if way < 0.40 or (way >= 0.90 and " " not in words):
        return order
    if way < 0.55:
        return _ARTICLE.sub("", order)
    if way < 0.65:
        return f"how to {order}"
    if way < 0.90:
        return " ".join(_key_words(order)[: draw.randint(4, 9)])
    return words


def _order(sentence: str) -> str:
    """Put the verb that opens a sentence into the imperative: ``Returns the Nth item`` gives ``return the nth item``."""
    first, *rest = sentence.split()
    return " ".join([_imperative(first.lower()), *(word.lower() if word.istitle() else word for word in rest)])


def _imperative(verb: str) -> str:
    if verb in _NO_VERB or not verb.endswith("s") or verb.endswith("ss"):
        return verb
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if re.search(r"(?:sh|ch|ss|x|zz)es$", verb) else verb[:-1]


def _key_words(sentence: str) -> list[str]:
    return [word.strip(".,;:()").lower() for word in sentence.split() if word.lower() not in _WITHOUT]
