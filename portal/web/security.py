"""Headers on every answer. What isn't allowed is denied."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from portal.web.services import services

SECRET_ADDRESSES = (
    "/b/", "/a/", "/klinik/", "/min-bokning", "/ankomst/", "/mina-sidor", "/samtycke/", "/personal", "/logga-in", "/logga-ut",
)  # fmt: skip
"""Pages that nobody's cache keeps."""
TOLD_TO_NOBODY = ("/b/", "/a/", "/samtycke/", "/logga-in/")
"""Their own addresses are secrets: no page that one goes on to is told them."""
OPEN_DATA = "/clinique"
MAY = "camera=(), microphone=(), payment=(), geolocation=(self)"
SCREEN_MAY = "camera=(self), microphone=(), payment=(), geolocation=()"


def is_open_data() -> bool:
    """At the open booking API, its errors included: JSON for anybody's programs, the same for all, without cookies."""
    return request.path == OPEN_DATA or request.path.startswith(OPEN_DATA + "/")


def nonce() -> str:
    """One for each answer; templates put it on their script and style elements."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def _policy() -> str:
    tiles = services().site.tile_url
    host = "{0.scheme}://{0.netloc}".format(urlsplit(tiles)) if tiles else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce()}'",
            f"style-src 'self' 'nonce-{nonce()}'",
            f"img-src 'self' data: {host}".rstrip(),
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = SCREEN_MAY if _at_a_screen() else MAY
    headers["Referrer-Policy"] = "no-referrer" if request.path.startswith(TOLD_TO_NOBODY) else "same-origin"
    if services().site.https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if is_open_data():
        _open_to_all(response)
    else:
        headers["Cache-Control"] = _caching()
    return response


def _open_to_all(response: Response) -> None:
    """Pages of other sites may read it. The view says how long it is fresh; what says nothing, an error, is kept by nobody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers.setdefault("Cache-Control", "no-store")


def _caching() -> str:
    """A static file asked for by its content's mark never changes; what may hold personal data is kept by nobody."""
    if request.endpoint == "static":
        return "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    return "no-store" if _at_a_screen() or request.path.startswith(SECRET_ADDRESSES) else "no-cache"


def _at_a_screen() -> bool:
    """In an app whose every page is seen by many, one after the other."""
    return bool(current_app.config.get("SHARED_BY_MANY"))


def init_app(app: Flask) -> None:
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = nonce
