"""The encoder: texts in, vectors of one named space out.

Import from the modules: a search pays for numpy and a tokenizer only when it comes to encode something.
"""
