"""The composition root: one place to stand, with its repository, libraries, index and evidence opened when first asked for."""
