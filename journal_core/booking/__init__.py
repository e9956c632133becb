"""Bookings: holds, the one deciding path, and what becomes of a booking (domain §3)."""
