"""``python -m benchmarks``: every measurement, one after the other."""

from __future__ import annotations

from benchmarks import cold, commits, duplicates, secrets, throughput, warm

if __name__ == "__main__":
    for module in (cold, commits, warm, throughput, secrets, duplicates):
        module.main()
