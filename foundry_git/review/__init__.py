"""Findings on a library: every problem of its files, and what its queries get, alone and against an earlier state."""
