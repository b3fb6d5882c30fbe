"""Measures of a unit: how long, how branched, how deep and how wide it is."""

from __future__ import annotations

from msgspec import Struct


class UnitMeasures(Struct, frozen=True):
    """What is counted of a unit; each reader counts by these rules.

    ``lines``: physical lines that hold code, decorators included; blank lines, lines of comment only and docstrings are not.
    ``complexity``: McCabe's number as lizard counts it, of the most complex function in the unit: the function itself, one
    nested in it, or a method. A decorator's logic sits in its inner function and a class's in its methods, so the outermost
    function alone would say 1.
    ``total``: the sum of that number over all functions in the unit.
    ``parameters``: how many the caller may pass (``self`` and ``cls`` are not); of a class, those of its constructor.
    ``typed``: the share of those with a type, 0 to 1; 1 where there are none to type.
    ``nesting``: the deepest stack of control blocks within one function.
    """

    lines: int
    complexity: int
    parameters: int
    nesting: int
    total: int
    typed: float
