"""What is true: the journal's data and rules. Knows no web, speaks no language."""
