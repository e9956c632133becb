"""Arrivals and the states of a visit (domain §7, §9)."""
