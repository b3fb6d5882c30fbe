"""``foundry library``: what is done with a library as a whole."""
