"""Answers: what each route does, on the user's own library and repository."""
