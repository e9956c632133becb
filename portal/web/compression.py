"""Compressed answers where no secret is on the page: static files, the find pages, the open booking API.

A page with a form token or a person's data is never compressed together with what a visitor sent (BREACH).
"""

from __future__ import annotations

import mimetypes

from flask import Flask, Response, g, request
from flask_compress import Compress

COMPRESSED = frozenset(
    {
        "static",
        "find.start",
        "find.clinic",
        "pages.help",
        "pages.accessibility",
        "pages.personal_data",
        "pages.cookies",
        "api.clinics",
        "api.clinic",
        "api.types",
        "api.slots",
    }
)
compress = Compress()


def _compress(response: Response) -> Response:
    if request.endpoint not in COMPRESSED or "csrf_token" in g:
        return response
    close = getattr(response.response, "close", None)
    if close is not None:
        response.call_on_close(close)  # Flask-Compress lets go of a file without closing it
    return compress.after_request(response)


def init_app(app: Flask) -> None:
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_ALGORITHM_STREAMING=["gzip"],
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
    )
    mimetypes.add_type("application/json", ".topojson")
    compress.init_app(app)
    app.after_request(_compress)
