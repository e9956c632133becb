"""Messages to people, written with the change that causes them (P4)."""
