"""The command line: a module for each command in ``commands``, and beside that what several of them share."""
