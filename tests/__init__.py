"""Everything that examines the house."""
