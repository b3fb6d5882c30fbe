"""Keeping house: the health of an installation, installing, syncing, and how far the loop is closed."""
