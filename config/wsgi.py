"""The entries for any WSGI server, built from the environment: `config.wsgi:application` serves both doors.

`config.wsgi:portal` and `config.wsgi:kiosk` serve one alone, the screen then at the root of an address of its own.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from config import logs
from config.opening import open_database, open_doors
from config.settings import BadSettings, read_settings

if TYPE_CHECKING:
    from flask import Flask

KIOSK = "/kiosk"


def build() -> tuple[Flask, Flask]:
    logs.configure()
    try:
        settings = read_settings(os.environ)
    except BadSettings as wrong:
        # Here and not in a traceback: logged tracebacks leave out what an exception says.
        logging.getLogger(__name__).critical("%s", wrong)
        raise
    return open_doors(settings, open_database(settings))


portal, kiosk = build()
application = DispatcherMiddleware(portal, {KIOSK: kiosk})
