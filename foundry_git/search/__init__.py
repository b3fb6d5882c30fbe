"""Finding patterns by word and by meaning."""
