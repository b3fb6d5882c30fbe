"""Text to vectors: one protocol, two implementations. Nothing heavy is imported before an encoder is opened."""
