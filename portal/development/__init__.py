"""Pages of development only, in their own marked corner: choose a demo person, read the mailbox, look at every component.
Absent in production."""
