"""Persons: identity, age, and the one record that the journal has of somebody (domain §5)."""
