"""The commands, one module for each group; a function is named after its command and returns the exit code."""
