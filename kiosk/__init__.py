"""The waiting room's door: a screen where those who have come say so, and which remembers nobody."""
