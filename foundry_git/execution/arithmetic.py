"""Arithmetic: the value of a calculation that somebody typed, and nothing else. Pure.

The calculation is parsed as an expression of Python and walked; nothing of it is run. What could take long or much memory is refused
before it is computed.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from foundry_git.errors import ValidationError

MAX_LENGTH = 500  # characters
MAX_DEPTH = 40
MAX_DIGITS = 1000  # of any number on the way
MAX_WHOLE = 10**30  # a whole number below is shown with all its digits
MAX_PLACES = 12  # digits behind the point that are shown

Number = int | float | Fraction

_N = r"(\d+(?:\.\d+)?)"
_PER = r"\s*(?:%|percent\b|per cent\b)"
_WORDS: Sequence[tuple[str, str]] = (
    (rf"\b(?:subtract|take)\s+{_N}\s+from\s+{_N}", r"(\2 - \1)"),
    (rf"\b(?:multiply|times)\s+{_N}\s+(?:by|with)\s+{_N}", r"(\1 * \2)"),
    (rf"\bdivide\s+{_N}\s+by\s+{_N}", r"(\1 / \2)"),
    (rf"\badd\s+{_N}\s+to\s+{_N}", r"(\1 + \2)"),
    (r"\b(?:the )?square root of\b|√", "sqrt "),
    (r"\b(?:raised )?to the power of\b|\braised to\b|\^", "**"),
    (r"\bsquared\b", "**2"),
    (r"\bcubed\b", "**3"),
    (r"\b(?:multiplied by|times)\b|[×·]|(?<=\d)\s*x\s*(?=\d)", "*"),
    (r"\b(?:divided by|over)\b|÷", "/"),
    (r"\b(?:modulo|mod)\b", "%"),
    (r"\bplus\b", "+"),
    (r"\bminus\b|[−–]", "-"),
    (rf"{_N}{_PER}\s+off\s+(?:of\s+)?{_N}", r"(\2*(1 - \1/100))"),
    (rf"{_N}{_PER}\s+(?:of|from)\s+{_N}", r"(\1/100*\2)"),
    (rf"{_N}{_PER}\s+(?:of|from)\b", r"(\1/100)*"),
    (rf"(?<!%[-+])(?<!% [-+])(?<!%[-+] )(?<!% [-+] )(?:(?<=[-+])|(?<=[-+] )){_N}{_PER}(?!\s*[\d(*/])", r" part(\1) "),
    (rf"{_N}{_PER}(?!\s*[\d(])", r"(\1/100)"),
    (rf"\b(?:the )?half of\s+{_N}", r"(0.5*\1)"),
    (rf"\b(?:the )?double of\s+{_N}|\btwice\s+{_N}", r"(2*\1\2)"),
    (r"\b(?:the )?half of\b", "0.5*"),
    (r"\b(?:the )?double of\b|\btwice\b", "2*"),
)
"""Words and signs → Python's; ``part`` is a percentage of what it is added to or taken from."""

_FUNCTIONS = r"sum|add|total|average|mean|median|min|minimum|max|maximum|product|difference"
_LISTED = re.compile(
    rf"\b(?:the\s+)?({_FUNCTIONS})\s*(?:of|between|:)?\s*\(?((?:[-+]?[\d._]+\s*(?:,|;|and|&|\s)\s*)+[-+]?[\d._]+)\)?"
)
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PIECE = (
    r"(?<![\w.])\d[\d.]*(?:e[+-]?\d+)?(?!\w)|\*\*|//|[-+*/%(),]"
    r"|\b(?:sqrt|abs|round|log10|log2|log|pi|sum|mean|median|min|max|product|difference|part)\b"
)
_ALLOWED = re.compile(rf"(?:{_PIECE})(?:\s*(?:{_PIECE}))*")


def calculated(text: str) -> tuple[str, Number]:
    """Return the calculation that stands in a question, as it was read, and its value: whole, exact, or a float where roots are in it.

    Raises:
        ValidationError: no calculation stands there, or it cannot be computed.
    """
    read = expression_in(text)
    if not read:
        raise ValidationError("no calculation stands there; write one like 3 * (4 + 5), or 15 % of 240")
    try:
        value = _value(ast.parse(read, mode="eval").body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValidationError(f"{read!r} cannot be read as a calculation; write one like 3 * (4 + 5)") from None
    except ZeroDivisionError:
        raise ValidationError(f"{read!r} divides by zero") from None
    except OverflowError:
        raise ValidationError(f"{read!r} is too large to be computed") from None
    return read, value


def expression_in(text: str) -> str:
    """Return the longest calculation that stands in a text, in Python's notation; "" where there is none of at least one operation."""
    if len(text) > MAX_LENGTH:
        text = text[:MAX_LENGTH].rpartition(" ")[0]  # half a number is another one
    folded = text.lower()
    folded = folded if re.search(r"[a-z]\(", folded) else _GROUPED.sub("", folded)  # max(1,200) has two numbers
    folded = _LISTED.sub(_as_call, folded)
    for words, sign in _WORDS:
        folded = " ".join(re.sub(words, f" {sign} ", folded).split())
    folded = re.sub(r"sqrt\s+(?:of\s+)?([\d.]+)", r"sqrt(\1)", folded)
    if any(name not in _NAMED for name in re.findall(r"([a-z_]\w*)\(", text.lower())):
        return ""  # of a function that is not known nothing is computed
    pieces = (" ".join(found[0].split()).strip(" .,") for found in _ALLOWED.finditer(folded))
    whole = [piece for piece in pieces if any(letter.isdigit() for letter in piece) and re.search(r"[-+*/%(]", piece.strip("-+"))]
    return max(whole, key=len, default="")


def as_people_write(expression: str) -> str:
    """Return a calculation that was read with its percentages as people write them."""
    return re.sub(r"part\(([\d.]+)\)", r"\1 %", expression)


def _as_call(found: re.Match[str]) -> str:
    numbers = ",".join(re.findall(r"[-+]?[\d.]+", found[2]))
    return f" {_NAMES.get(found[1], found[1])}({numbers}) "


def said(value: Number) -> str:
    """Return a value as people write it."""
    if isinstance(value, Fraction):
        if value.denominator != 1 and abs(value) > MAX_WHOLE:
            return f"{Decimal(value.numerator) / Decimal(value.denominator):.12g}"
        value = value.numerator if value.denominator == 1 else value.numerator / value.denominator
    if isinstance(value, int):
        return str(value) if abs(value) < MAX_WHOLE else f"{Decimal(value):.12g}"
    rounded = round(value, MAX_PLACES)
    return f"{rounded:.12g}"


_NAMED = frozenset(
    "sqrt abs round log10 log2 log sum total add mean average median min minimum max maximum product difference of".split()
)
_NAMES: Mapping[str, str] = {"total": "sum", "add": "sum", "average": "mean", "minimum": "min", "maximum": "max"}
_BINARY: Mapping[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda one, other: _exactly(one) / _exactly(other),
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_CALLED: Mapping[str, Callable[..., Number]] = {
    "sqrt": lambda x: _root(x),
    "abs": abs,
    "round": lambda x, places=0: round(float(x), int(places)) if places else round(x),
    "log": lambda x: math.log(x),
    "log2": lambda x: math.log2(x),
    "log10": lambda x: math.log10(x),
    "sum": lambda *all: sum(all),
    "mean": lambda *all: _exactly(sum(all)) / len(all),
    "median": lambda *all: _median(sorted(all)),
    "min": lambda *all: min(all),
    "max": lambda *all: max(all),
    "product": lambda *all: _product(all),
    "difference": lambda one, other: abs(one - other),
}


def _value(node: ast.expr, depth: int) -> Number:
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _bounded(Fraction(str(value)) if isinstance(value, float) else value)
        case ast.Name(id="pi"):
            return math.pi
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            return -_value(operand, depth + 1) if isinstance(sign, ast.USub) else _value(operand, depth + 1)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _bounded(_power(_value(left, depth + 1), _value(right, depth + 1)))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=ast.Call(func=ast.Name(id="part"), args=[part])):
            whole, share = _value(left, depth + 1), _exactly(_value(part, depth + 1)) / 100
            return _bounded(whole * (1 + share) if isinstance(op, ast.Add) else whole * (1 - share))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_value(left, depth + 1), _value(right, depth + 1)))
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in _CALLED and given:
            return _bounded(_called(name, [_value(one, depth + 1) for one in given]))
    raise ValueError("no calculation")


def _called(name: str, given: Sequence[Number]) -> Number:
    try:
        return _CALLED[name](*given)
    except TypeError:
        raise ValueError("a wrong number of arguments") from None


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        exponent = exponent.numerator
    if isinstance(exponent, int) and not isinstance(base, float):
        exact = Fraction(base)
        if math.log10(max(abs(exact.numerator), exact.denominator)) * abs(exponent) > MAX_DIGITS:
            return float(base) ** exponent  # raises OverflowError where that is too large, too
        return exact**exponent
    found = float(base) ** float(exponent)
    if isinstance(found, complex):
        raise ValueError("no real number")
    return float(found)


def _root(value: Number) -> Number:
    if isinstance(value, int) and value >= 0:
        whole = math.isqrt(value)
        return whole if whole * whole == value else math.sqrt(value)
    return math.sqrt(value)


def _median(values: Sequence[Number]) -> Number:
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else _exactly(values[middle - 1] + values[middle]) / 2


def _product(values: Sequence[Number]) -> Number:
    found: Number = 1
    for value in values:
        found = _bounded(found * value)
    return found


def _exactly(value: Number) -> Number:
    return Fraction(value) if isinstance(value, int) else value


def _bounded(value: Number) -> Number:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise OverflowError
        return value
    if max(abs(value.numerator), value.denominator) >= 10**MAX_DIGITS:
        raise OverflowError
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
