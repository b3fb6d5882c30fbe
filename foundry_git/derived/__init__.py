"""Databases that may be deleted at any time: sealed, opened behind a guard, set aside where they are damaged."""
