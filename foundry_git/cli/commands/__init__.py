"""The commands: one module each, called as it is typed, a folder where a command is a group; ``run`` returns the exit code."""
