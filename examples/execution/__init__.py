"""The eight examples of the execution service: each runs as it is, in a repository with a library."""
