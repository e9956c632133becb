"""How this noun says no."""

DEVICE_CODE_UNKNOWN = "device_code_unknown"
"""No screen waits for this one-time code: wrong, used, or too old."""
