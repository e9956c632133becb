"""Health declarations: questions as data, what was answered to exactly which of them, and how long it holds (domain §6)."""
