"""Putting patterns into prompts: few, within a budget, with a receipt, or none at all."""
