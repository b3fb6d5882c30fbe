from __future__ import annotations

import pytest
from format_byte_size import format_byte_size


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (5 * 1024**2, "5.0 MiB"),
        (3 * 1024**3 + 1024**3 // 4 + 1024**2 * 60, "3.3 GiB"),
        (1024**8, "1.0 YiB"),
    ],
)
def test_binary_units_count_in_steps_of_1024(size: int, expected: str) -> None:
    assert format_byte_size(size) == expected


@pytest.mark.parametrize(
    ("size", "expected"), [(999, "999 B"), (1000, "1.0 kB"), (1_500_000, "1.5 MB"), (10**24, "1.0 YB")]
)
def test_decimal_units_count_in_steps_of_1000(size: int, expected: str) -> None:
    assert format_byte_size(size, binary=False) == expected


@pytest.mark.parametrize(
    ("size", "binary", "expected"),
    [
        (1024**2 - 1, True, "1.0 MiB"),
        (1024**3 - 1, True, "1.0 GiB"),
        (999_999, False, "1.0 MB"),
        (999_900, False, "999.9 kB"),
    ],
)
def test_rounding_up_to_a_full_step_moves_to_the_next_unit(size: int, binary: bool, expected: str) -> None:
    assert format_byte_size(size, binary=binary) == expected


def test_the_largest_unit_goes_on_beyond_its_step() -> None:
    assert format_byte_size(5000 * 1024**8) == "5000.0 YiB"


@pytest.mark.parametrize(("size", "expected"), [(-1, "-1 B"), (-1536, "-1.5 KiB"), (-(1024**2) + 1, "-1.0 MiB")])
def test_a_negative_difference_keeps_its_sign(size: int, expected: str) -> None:
    assert format_byte_size(size) == expected
