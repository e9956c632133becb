"""Registering one's arrival on one's own phone."""
