"""What a process that serves does once, before the first request."""

from __future__ import annotations

import gc


def set_apart_what_is_loaded() -> None:
    """The program itself stays as long as its process. Looking through it for garbage would halt a request for long."""
    gc.collect()
    gc.freeze()
