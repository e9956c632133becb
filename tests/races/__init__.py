"""Many processes at the same instant."""
