"""Logging in with e-ID, as a resident or as staff, and logging out."""
