"""Taking code in: what joins extraction, the inbox and evidence when commits, folders or reports of test runs come in."""
