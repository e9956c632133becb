"""Coming back to a booking: see it, cancel it, put it in a calendar; one's own pages."""
