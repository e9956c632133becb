"""Registering one's arrival at the screen in the waiting room."""
