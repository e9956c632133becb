"""The clinic's schedule: opening, closing, copying and changing time, and what can be booked in it."""
