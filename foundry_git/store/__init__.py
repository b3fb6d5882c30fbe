"""The predecessor's pattern store, as a front of libraries, candidates and evidence."""
