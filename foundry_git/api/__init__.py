"""The public Python API, and the store of the predecessor as a front of libraries and evidence."""
