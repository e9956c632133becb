"""Pages of development only, in their own marked corner: choose a demo person, read the mailbox. Absent in production."""
