"""Reading source code: languages, units, measures, frameworks, shapes and screens; pure, nothing here opens a file."""
