"""The only door to Git: its plumbing commands, run with a clean environment."""
