"""Booking a time: visit, time, who comes, check, done."""
