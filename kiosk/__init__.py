"""The waiting room's door. The screen itself comes with its own issue; the package holds its place in the import laws."""
