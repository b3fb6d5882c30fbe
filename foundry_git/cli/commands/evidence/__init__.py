"""``foundry evidence``: what is done with the evidence itself."""
