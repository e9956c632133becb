"""Care providers, their units and clinics, and the modules that turn functions on (domain §1, §4, §7)."""
