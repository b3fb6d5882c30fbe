"""``foundry agent``: what is done with the agents that write code here, and the logs of their sessions."""
