"""What a hook wakes: the worker that takes in the commits since it last looked."""
