"""The engine under the readers of languages that tree-sitter parses: a language is tables and a few functions, see ``Grammar``."""
