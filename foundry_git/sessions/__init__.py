"""Build sessions: from the log of a run to its metrics, what they advise, and reports of them."""
