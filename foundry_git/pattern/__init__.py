"""Patterns as values: names, manifests and digests. Pure."""
