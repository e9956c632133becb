"""The entry for any WSGI server: `config.wsgi:application`, built from the environment."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from config import logs
from config.opening import open_database, open_portal
from config.settings import BadSettings, read_settings

if TYPE_CHECKING:
    from flask import Flask


def build() -> Flask:
    logs.configure()
    try:
        settings = read_settings(os.environ)
    except BadSettings as wrong:
        # Here and not in a traceback: logged tracebacks leave out what an exception says.
        logging.getLogger(__name__).critical("%s", wrong)
        raise
    return open_portal(settings, open_database(settings))


application = build()
