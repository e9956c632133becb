"""What can be booked: reasons, visit categories, visit types (domain §2), and a provider's settings per reason (§4)."""
