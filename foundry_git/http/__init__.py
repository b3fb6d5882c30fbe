"""The HTTP door of the engine: routes, what is let in, and the pages that are looked at."""
