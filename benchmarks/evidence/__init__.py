"""Evidence, measured: how fast it is folded and shared, and how true what is said of it is."""
