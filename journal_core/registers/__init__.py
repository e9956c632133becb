"""The outside world as protocols, each with its real adapter and its stand-in side by side."""
