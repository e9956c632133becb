"""Pages of trust: help, accessibility, personal data, cookies."""
