"""The open booking API: clinics, types and starts, in JSON for anybody's programs."""
