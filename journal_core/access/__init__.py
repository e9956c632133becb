"""Who is at the door: sessions, e-ID orders, drafts, passes to a booking, and limits on tries."""
