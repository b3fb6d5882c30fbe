"""Examples: the demonstration, the sample report of a session, and the picture of a terminal session that README shows."""
