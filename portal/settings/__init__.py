"""What a clinic's administrators see to."""
