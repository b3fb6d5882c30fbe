"""Everything derived from files, for answering questions: vectors, lexical tables, catalogue. May be deleted at any time."""
