"""The clinic's day: who comes, who is here, what happens next."""
