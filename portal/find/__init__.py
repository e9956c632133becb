"""Finding a clinic: map and list of the same clinics, and the clinic's own page."""
