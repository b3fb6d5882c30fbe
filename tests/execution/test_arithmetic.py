"""Arithmetic: what is typed as a calculation is computed, exactly where it can be, and nothing else is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foundry_git.errors import ValidationError
from foundry_git.execution.arithmetic import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_LENGTH,
    MAX_WHOLE,
    as_people_write,
    calculated,
    expression_in,
    said,
)

Typed = tuple[str, Fraction]
"""A calculation as somebody types it, and its value."""

WHOLE = st.integers(0, 9999).map(lambda number: (str(number), Fraction(number)))
DECIMAL = st.decimals(0, 9999, places=3, allow_nan=False).map(lambda number: (f"{number:f}", Fraction(number)))
OPERATIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
    "//": lambda one, other: Fraction(one // other),
    " mod ": lambda one, other: one % other,
}


def operation(inner: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    """Two calculations with a sign between them, each in parentheses of its own."""

    def joined(one: Typed, sign: str, other: Typed) -> Typed:
        assume(other[1] or sign in "+-*")
        return f"({one[0]}) {sign} ({other[0]})", OPERATIONS[sign](one[1], other[1])

    return st.builds(joined, inner, st.sampled_from(sorted(OPERATIONS)), inner)


CALCULATION = operation(st.recursive(WHOLE | DECIMAL, operation, max_leaves=8))
NUMBERS = st.lists(st.integers(-9999, 9999), min_size=2, max_size=12)


def value_of(text: str) -> str:
    return said(calculated(text)[1])


@given(typed=CALCULATION)
def test_a_calculation_has_the_value_that_fractions_give_it(typed: Typed) -> None:
    text, value = typed
    assume(len(text) <= MAX_LENGTH)

    assert calculated(f"what is {text}?")[1] == value


@given(first=WHOLE, second=WHOLE, third=WHOLE)
def test_products_come_before_sums_without_parentheses(first: Typed, second: Typed, third: Typed) -> None:
    text = f"{first[0]} + {second[0]} * {third[0]} - {first[0]}"

    assert calculated(text) == (text, second[1] * third[1])


@given(base=st.integers(-30, 30), exponent=st.integers(-30, 30))
def test_whole_powers_are_exact(base: int, exponent: int) -> None:
    assume(base or exponent >= 0)

    assert calculated(f"({base}) ** ({exponent})")[1] == Fraction(base) ** exponent


@given(base=st.integers(2, 9999), exponent=st.sampled_from(["0.5", "1.25", "(1/3)"]))
def test_other_powers_are_floats(base: int, exponent: str) -> None:
    found = calculated(f"{base} ** {exponent}")[1]

    assert isinstance(found, float)
    assert found == pytest.approx(base ** float(Fraction(exponent.strip("()"))))


@given(numbers=NUMBERS)
def test_what_is_asked_of_a_list_is_what_statistics_says(numbers: list[int]) -> None:
    listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    exact = [Fraction(number) for number in numbers]

    assert calculated(f"the sum of {listed}")[1] == sum(numbers)
    assert calculated(f"average of {listed}")[1] == statistics.mean(exact)
    assert calculated(f"median of {listed}")[1] == statistics.median(exact)
    assert calculated(f"the smallest is the minimum of {listed}")[1] == min(numbers)
    assert calculated(f"maximum of {listed}")[1] == max(numbers)
    assert calculated(f"what is the product of {listed}?")[1] == math.prod(numbers)


@given(number=st.integers(0, 9999))
def test_the_root_of_a_square_is_whole(number: int) -> None:
    assert calculated(f"square root of {number * number}")[1] == number


@given(text=st.text("0123456789+-*/%^(),.e x", max_size=60))
def test_whatever_is_typed_is_a_value_or_a_sentence(text: str) -> None:
    try:
        read, value = calculated(text)
    except ValidationError as error:
        assert str(error)
    else:
        assert read == expression_in(text)
        assert isinstance(value, (int, Fraction)) or math.isfinite(value)  # what is exact may be larger than any float
        assert said(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 * (4 + 5)", "27"),
        ("what is 2 + 2?", "4"),
        ("0.1 + 0.2", "0.3"),
        ("1/3", "0.333333333333"),
        ("1/3 + 1/6", "0.5"),
        ("how much is 17.5 times 3", "52.5"),
        ("compute 1024*1024*8", "8388608"),
        ("6×7", "42"),
        ("6·7", "42"),
        ("5 x 3", "15"),
        ("6x7x8", "336"),
        ("6 ÷ 3", "2"),
        ("9 divided by 3", "3"),
        ("10 over 4", "2.5"),
        ("4 multiplied by 2.5", "10"),
        ("7 modulo 4", "3"),
        ("10 mod 3", "1"),
        ("7 // 2", "3"),
        ("-7 // 2", "-4"),
        ("3 plus 4", "7"),
        ("3 minus 1", "2"),
        ("3 − 1", "2"),
        ("3–1", "2"),
        ("-(3 + 4)", "-7"),
        ("+(3)", "3"),
        ("2^10", "1024"),
        ("2 ** 3 ** 2", "512"),
        ("2**-1", "0.5"),
        ("2 to the power of 3", "8"),
        ("2 raised to 3", "8"),
        ("3 squared", "9"),
        ("2 cubed", "8"),
        ("half of 10", "5"),
        ("the double of 4", "8"),
        ("twice 3", "6"),
        ("subtract 3 from 10", "7"),
        ("take 2.5 from 5", "2.5"),
        ("2 * pi", "6.28318530718"),
        ("1,234,567 * 2", "2469134"),
        ("2.5e3 + 1", "2501"),
        ("1e-3 * 2", "0.002"),
    ],
)
def test_signs_and_words_mean_the_same(text: str, value: str) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("what is 15% of 240", "36"),
        ("20 percent of 50", "10"),
        ("10 per cent of 200", "20"),
        ("50%", "0.5"),
        ("50% * 2", "1"),
        ("10% + 5%", "0.15"),
        ("100 + 10%", "110"),
        ("100 - 10 %", "90"),
        ("100 + 10 percent", "110"),
        ("100 - 20 % of 50", "90"),
        ("3 + 15 % of 240", "39"),
        ("5 % 3", "2"),
        ("7 % (3)", "1"),
    ],
)
def test_a_percent_sign_is_a_remainder_only_between_two_numbers(text: str, value: str) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("√16", "4"),
        ("sqrt 2", "1.41421356237"),
        ("sqrt of 16", "4"),
        ("square root of 2.25", "1.5"),
        ("the square root of (9 + 16)", "5"),
        ("what is the square root of 16 plus 2", "6"),
        ("abs(-2.5) * 2", "5"),
        ("round(7/2)", "4"),
        ("round(3.14159, 2)", "3.14"),
        ("log(1)", "0"),
        ("log2(8)", "3"),
        ("log10(1000)", "3"),
        ("log(10**500)", "1151.2925465"),
        ("sum 3, 4 and 5", "12"),
        ("sum of 3 4 5", "12"),
        ("total: 3; 4", "7"),
        ("add 5 and 7", "12"),
        ("average(1, 2, 3)", "2"),
        ("average of 1.5, 2.5", "2"),
        ("median of 5, 1, 3", "3"),
        ("median of 1, 2, 3, 4", "2.5"),
        ("minimum(4, 2)", "2"),
        ("maximum of 1 & 7", "7"),
        ("max(3, (4 + 5) * 2)", "18"),
        ("product of 2, 3 and 4", "24"),
        ("difference between 3 and 10", "7"),
        ("sum of 1,000 and 2,000", "3000"),
        ("sum(3, 4) * 2", "14"),
    ],
)
def test_functions_are_called_by_sign_or_by_words(text: str, value: str) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "hello", "3", "-3", "+3", "3 + ", "5!", "3 and 4", "__import__('os').getcwd()", "lambda: x", "[1][0]", "sum of 3"],
)
def test_a_text_without_an_operation_on_numbers_is_no_calculation(text: str) -> None:
    assert expression_in(text) == ""
    with pytest.raises(ValidationError, match=r"^no calculation stands there; write one like 3 \* \(4 \+ 5\), or 15 % of 240$"):
        calculated(text)


def test_the_longest_calculation_of_a_text_is_taken() -> None:
    assert calculated("is 1 + 1 less than 10 * (2 + 3)?") == ("10 * (2 + 3)", 50)


def test_what_stands_behind_the_most_that_is_read_is_not_looked_at() -> None:
    assert expression_in(" " * (MAX_LENGTH - 5) + "1 + 1") == "1 + 1"
    assert expression_in("word " * (MAX_LENGTH // 5) + "1 + 1") == ""


@pytest.mark.parametrize(
    "text", ["(1 + 2", "1 + 2)", "3 (4)", "1.2.3 + 4", "2 * * 3", "difference(1, 2, 3)", "round(1, 2, 3)", "2024-01-02"]
)
def test_what_is_no_calculation_after_all_is_refused_with_what_was_read(text: str) -> None:
    with pytest.raises(ValidationError, match=r"' cannot be read as a calculation; write one like 3 \* \(4 \+ 5\)$") as caught:
        calculated(text)

    assert repr(expression_in(text)) in str(caught.value)


@pytest.mark.parametrize("text", ["(-8) ** 0.5", "sqrt(-1)", "log(0)", "log(-1)"])
def test_what_has_no_real_value_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="cannot be read as a calculation"):
        calculated(text)


@pytest.mark.parametrize("text", ["1 / 0", "5 % 0", "5 // 0", "1 // 0.0", "0 ** -1", "0 ** -0.5", "pi % 0", "1 / (2 - 2)"])
def test_nothing_is_divided_by_zero(text: str) -> None:
    with pytest.raises(ValidationError, match=r"' divides by zero$"):
        calculated(text)


@pytest.mark.parametrize(
    "text",
    [
        "10**10**10",
        "9**9**9**9",
        "pi ** 10000",
        "pi * 1e308",
        "sqrt(2) * 10**400",
        "10**600 * 10**600",
        "product(10**600, 10**600)",
    ],
)
def test_what_would_take_long_or_much_memory_is_refused_before(text: str) -> None:
    with pytest.raises(ValidationError, match=r"' is too large to be computed$"):
        calculated(text)


@pytest.mark.parametrize(
    ("opening", "end"), [("-", ""), ("+", ""), ("1 + (", ")"), ("1 ** (", ")"), ("abs(", ")"), ("(1 + ", ") * 1")]
)
def test_a_calculation_is_nested_no_deeper_than_forty(opening: str, end: str) -> None:
    depth = MAX_DEPTH // 2 if "*" in end else MAX_DEPTH  # each of these is two signs deep

    assert calculated(f"({opening * depth}1{end * depth})")[1]
    with pytest.raises(ValidationError, match="cannot be read as a calculation"):
        calculated(f"({opening * (depth + 1)}1{end * (depth + 1)})")


def test_no_number_on_the_way_has_more_than_a_thousand_digits() -> None:
    assert calculated(f"10**{MAX_DIGITS - 1} * 9")[1] == 9 * 10 ** (MAX_DIGITS - 1)
    assert calculated(f"1 / 10**{MAX_DIGITS - 1}")[1] == Fraction(1, 10 ** (MAX_DIGITS - 1))
    for text in (f"10**{MAX_DIGITS - 1} * 10", f"0.1 / 10**{MAX_DIGITS - 1}", f"-(10**{MAX_DIGITS - 1}) * 10 + 1"):
        with pytest.raises(ValidationError, match="is too large to be computed"):
            calculated(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-7, "-7"),
        (MAX_WHOLE - 1, "9" * 30),
        (Fraction(4, 2), "2"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(2, 3), "0.666666666667"),
        (2.0, "2"),
        (0.1 + 0.2, "0.3"),
        (1e300, "1e+300"),
        (math.pi, "3.14159265359"),
    ],
)
def test_a_value_is_written_as_people_write_it(value: int | float | Fraction, text: str) -> None:
    assert said(value) == text


@given(value=st.integers(1 - MAX_WHOLE, MAX_WHOLE - 1))
def test_a_whole_number_keeps_all_its_digits(value: int) -> None:
    assert int(said(value)) == value


@given(value=st.integers(MAX_WHOLE, MAX_WHOLE**9) | st.integers(-(MAX_WHOLE**9), -MAX_WHOLE))
def test_a_larger_one_is_said_to_twelve_digits(value: int) -> None:
    assert "e+" in said(value)
    assert abs(Fraction(said(value)) - value) <= abs(Fraction(value, 10**11))


@given(value=st.fractions(-1000, 1000, max_denominator=1000))
def test_a_fraction_is_said_to_nine_digits_at_least(value: Fraction) -> None:
    assert float(said(value)) == pytest.approx(float(value), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ("20% off 50", "40"),
        ("100 plus 10 percent", "110"),
        ("100 + 10 percent", "110"),
        ("50 - 20 + 10%", "33"),
        ("10 / 5 + 10%", "2.2"),
        ("2**3 + 10%", "8.8"),
        ("10 / 50% of 4", "5"),
        ("10 divided by half of 4", "5"),
        ("10 / twice 5", "1"),
        ("multiply 3 by 4", "12"),
        ("divide 10 by 4", "2.5"),
        ("add 5 to 7", "12"),
        ("max(1,200)", "200"),
        ("sqrt(10**50)", "1" + "0" * 25),
        ("1.0045 ** 360", "5.03476019901"),
        ("10**400/3", "3.33333333333e+399"),
    ],
)
def test_a_calculation_means_what_people_mean_by_it(asked: str, value: str) -> None:
    assert said(calculated(asked)[1]) == value


@pytest.mark.parametrize("asked", ["sin(30) * 2", "factorial(5)+1"])
def test_of_a_function_that_is_not_known_nothing_is_computed(asked: str) -> None:
    with pytest.raises(ValidationError):
        calculated(asked)


def test_a_number_that_the_longest_text_cuts_is_not_taken_for_a_shorter_one() -> None:
    text = "a " * 246 + "12 * 3456789"

    with pytest.raises(ValidationError):
        calculated(text)


def test_a_percentage_is_shown_as_people_write_it() -> None:
    assert as_people_write(calculated("100 plus 10 percent")[0]) == "100 + 10 %"
