"""Staff accounts, assignments and roles (domain §9)."""
