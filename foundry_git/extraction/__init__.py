"""From commits to candidates, each unit with a verdict and its reason."""
