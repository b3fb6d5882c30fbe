"""Tests that passed: what they exercise, and the test file that travels with a unit."""
