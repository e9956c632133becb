"""What guardians agreed to (domain §5): asked, given, refused, withdrawn, as events that are never changed."""
