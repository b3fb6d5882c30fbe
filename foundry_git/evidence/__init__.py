"""What is known of the patterns: events, the journal that holds them, and the scores that follow from them."""
