"""Connecting a screen with the one-time code that staff have made."""
