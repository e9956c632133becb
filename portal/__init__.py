"""The resident's and the staff's door."""
