"""Links between files: what imports bind, told by the text of code, and which files they mean."""
