"""``python -m benchmarks``: every measurement, one after the other."""

from __future__ import annotations

from benchmarks import build, cold, commits, duplicates, secrets, throughput, warm

if __name__ == "__main__":
    for module in (cold, commits, warm, build, throughput, secrets, duplicates):
        module.main()
