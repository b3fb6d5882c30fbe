"""What JavaScript and TypeScript have in common for a reader: one language, of which the second adds types to the first."""
