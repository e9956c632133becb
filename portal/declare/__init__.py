"""Answering the questions about one's health: after booking, by the booking's link, by the clinic's own link."""
