"""The logged-in resident and the family: my pages, for whom one acts, what one has consented to."""
