"""Secrets: random tokens, keyed hashes, and fields sealed with AES-GCM.

Every sealed value is bound to its *context* (table and row), so that a value moved to another row does not open. The key is
named in the value, so that keys can be changed later.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 24
_LETTER_OF_BYTE = (CROCKFORD * 8).encode()
"""Each letter stands for eight of the 256 bytes."""
_NONCE = 12
_KEY_ID = b"1"


def new_token() -> str:
    """120 random bits as 24 Crockford base-32 capitals: short enough for a sparse QR code, right through a Swedish scanner."""
    return secrets.token_bytes(TOKEN_LENGTH).translate(_LETTER_OF_BYTE).decode()


def read_token(typed: str) -> str | None:
    """The token that somebody typed or scanned, in its one form, or None if it can't be one."""
    upper = typed.strip().upper().translate(str.maketrans("ILO", "110"))
    return upper if len(upper) == TOKEN_LENGTH and set(upper) <= set(CROCKFORD) else None


@dataclass(frozen=True)
class Vault:
    """What the program's one secret can do. Never shown: its repr holds no key."""

    secret: bytes

    def __repr__(self) -> str:
        return "Vault(…)"

    def hash(self, purpose: str, value: str) -> str:
        """Keyed hash, 64 hex digits: finds a token or counts a try without keeping what was said."""
        return hmac.digest(self._key("hash:" + purpose), value.encode(), "sha256").hex()

    def seal(self, context: str, text: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return _KEY_ID + nonce + self._cipher.encrypt(nonce, text.encode(), context.encode())

    def open(self, context: str, sealed: bytes) -> str:
        """The text sealed for `context`. Raises cryptography's InvalidTag if it was changed or moved."""
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        return self._cipher.decrypt(nonce, body, context.encode()).decode()

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._key("seal:fields"))

    def _key(self, purpose: str) -> bytes:
        return _derive(self.secret, purpose)


@lru_cache(maxsize=64)
def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)
