"""The tests, in folders that mirror the package; ``whole`` holds those of the loop as a whole."""

from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
"""The checkout that is under test."""
