"""Retrieval: how well search finds what labelled queries ask for."""
