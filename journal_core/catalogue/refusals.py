"""How this noun says no."""

REASON_UNKNOWN = "reason_unknown"
AGES_ORDER = "ages_order"
MINUTES_WRONG = "minutes_wrong"
PERSONS_WRONG = "persons_wrong"
