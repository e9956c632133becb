"""How this noun says no."""

IDENTITY_INCOMPLETE = "identity_incomplete"
IDENTITY_WRONG = "identity_wrong"
BIRTH_DATE_UNREADABLE = "birth_date_unreadable"
BIRTH_DATE_MONTH = "birth_date_month"
BIRTH_DATE_FUTURE = "birth_date_future"
BIRTH_DATE_TOO_OLD = "birth_date_too_old"
