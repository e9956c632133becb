"""Rules by themselves: no database."""
