"""The pattern execution service: a question in ordinary words is matched, routed, answered and cached, with measured figures."""
