"""Lists from elsewhere, read strictly: a broken file imports nothing, an odd row is left out and named."""
