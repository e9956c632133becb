"""The access log: who did or saw what of whom, when, under which assignment."""
