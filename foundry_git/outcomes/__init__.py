"""What came of code: reports of test runs, whose runs they are, and what the history shows: reverts, fixes, survival."""
