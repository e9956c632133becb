"""Log lines: one JSON object each on standard error, never a personal datum.

What a line says is masked as a last resort: what looks like an identity number, a telephone number, a booking code, a
token, an e-mail address, a network address or the query of an address is replaced. A traceback tells where and which
kind of error, never what the error says, because that often repeats what somebody typed.
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
from datetime import UTC, datetime
from traceback import extract_tb
from types import TracebackType
from typing import Any

from journal_core.crypto import TOKEN_LENGTH

EXTRAS = ("request_id", "kind", "endpoint", "method", "status", "milliseconds", "code")
"""What a record may carry besides its message (`extra=`). Nothing else is written."""
MASK = "…"
_MASKED = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?<=/b/)[^\s/?\"']+|(?<=/a/)[^\s/?\"']+|(?<=/samtycke/)[^\s/?\"']+"  # links of bookings and consents
    rf"|\b[0-9A-Za-z]{{{TOKEN_LENGTH}}}\b"  # tokens
    r"|(?<=\?)[^\s?\"']+"  # queries
    r"|(?<=\bip=)[^\s,;]+"  # as gunicorn names a visitor
    r"|\b(?!127\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}\b"  # network addresses but the machine's own
    r"|\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){3,7}"
    r"|\b(?:19|20)?\d{6}[-+ ]?\d{4}\b"  # identity numbers
    r"|\b\d{4}-\d\d-\d\d\b"  # dates of birth
    r"|\b\d{3}[ -]\d{3}[ -]\d{3}\b|(?<![\w.])\+?\d(?:[ -]?\d){8,}"  # booking codes, telephone numbers
)


def mask(text: str) -> str:
    return _MASKED.sub(MASK, text)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(_message(record)),
        }
        for name in EXTRAS:
            if (value := getattr(record, name, None)) is not None:
                line[name] = value if isinstance(value, int) else mask(str(value))
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = _chain(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """A message that is an exception says only its kind, like a traceback."""
    if isinstance(record.msg, BaseException):
        return _kind(record.msg)
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _chain(error: BaseException | None) -> list[dict[str, Any]]:
    """The error and what led to it, newest first."""
    links: list[dict[str, Any]] = []
    while error is not None and len(links) < 5:
        links.append({"kind": _kind(error), "trace": _trace(error.__traceback__)})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return links


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _trace(traceback: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(traceback)]


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        # Below warning the one repeats values from statements, and the other tells how it was put together.
        "sqlalchemy": {"level": "WARNING"},
        "alembic": {"level": "WARNING"},
    },
}


def configure() -> None:
    """Replaces what logging was set to."""
    logging.config.dictConfig(CONFIGURATION)
    logging.captureWarnings(True)
