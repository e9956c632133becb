"""Opened times: when a resource of a book takes which types of visit (domain §2). Changing them is booking's to do."""
