"""Files from outside, read with distrust: a broken file stops an import, an odd row is left out with its reason."""
