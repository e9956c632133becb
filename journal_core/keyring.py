"""Keys for what people tell of their health: kept in a file of their own, named, and changed without losing what was sealed.

A sealed value names its key and is bound to its context (table and row): moved to another row, or changed, it does not open.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_FORM = b"K"
_NONCE = 12
_NAME = re.compile(r"[A-Za-z0-9-]{1,20}")


class KeyMissing(Exception):
    """A value was sealed with a key that isn't here. Says which."""

    def __init__(self, name: str) -> None:
        super().__init__(f"key {name} is missing")
        self.name = name


class SealBroken(Exception):
    """A value was changed, or stands in another row than where it was written. Says where."""

    def __init__(self, context: str) -> None:
        super().__init__(f"{context} does not open: it was changed or moved")
        self.context = context


class BadKeys(ValueError):
    """One line that names what is wrong with a file of keys, without any of the keys."""


@dataclass(frozen=True)
class Keyring:
    """All keys that still open something; what is written now is sealed with `current`."""

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def seal(self, context: str, text: str) -> bytes:
        nonce, name = secrets.token_bytes(_NONCE), self.current.encode()
        body = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), context.encode())
        return _FORM + bytes([len(name)]) + name + nonce + body

    def open(self, context: str, sealed: bytes) -> str:
        """Raises KeyMissing, SealBroken."""
        name = key_of(sealed)
        if name is None:
            raise SealBroken(context)
        if name not in self.keys:
            raise KeyMissing(name)
        rest = sealed[2 + len(name) :]
        try:
            return AESGCM(self.keys[name]).decrypt(rest[:_NONCE], rest[_NONCE:], context.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(context) from None

    def is_current(self, sealed: bytes) -> bool:
        return key_of(sealed) == self.current


def key_of(sealed: bytes) -> str | None:
    """The name of the key that a value was sealed with; None for what is no sealed value."""
    if sealed[:1] != _FORM or len(sealed) < 2 or len(sealed) < 2 + sealed[1] + _NONCE:
        return None
    name = sealed[2 : 2 + sealed[1]].decode("ascii", "replace")
    return name if _NAME.fullmatch(name) else None


def read_keys(text: str) -> Keyring:
    """A file's lines `name:key`, the key as 32 bytes in base64; the first is the current one, `#` begins a comment.

    Raises BadKeys.
    """
    keys: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, written = line.strip().partition(":")
        if not _NAME.fullmatch(name) or name in keys:
            raise BadKeys(f"line {number}: must begin with a name of its own, of letters, digits and hyphens, and a colon")
        try:
            keys[name] = base64.b64decode(written.strip(), validate=True)
        except ValueError:
            raise BadKeys(f"line {number}: the key must be written in base64") from None
        if len(keys[name]) != KEY_BYTES:
            raise BadKeys(f"line {number}: the key must have {KEY_BYTES} bytes")
    if not keys:
        raise BadKeys("there is no key in it")
    return Keyring(keys, next(iter(keys)))


def new_line(name: str) -> str:
    """A line with a new key, for such a file."""
    return f"{name}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"
