"""Each noun against both engines."""
