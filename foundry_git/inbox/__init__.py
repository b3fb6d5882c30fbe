"""Candidates and what a person says: the inbox, accepting, rejecting, proposing, and a word on patterns and receipts."""
