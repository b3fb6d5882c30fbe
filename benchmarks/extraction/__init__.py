"""Judged by the future: what extraction would have proposed at 60 % of a history, held against what became of it within a year."""
