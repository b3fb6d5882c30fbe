"""What must not get in anybody's way: commits under every condition, bursts of them, and controls that fail."""
