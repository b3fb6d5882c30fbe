"""Benchmarks: each module prints a line and writes JSON to ``benchmarks/results/``; ratios and baselines come from the same run."""
