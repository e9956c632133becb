"""Tests can't reach the world: sockets lead to this machine or nowhere."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest


class WorldReached(RuntimeError):
    """A test tried to leave the machine. Deliberately no OSError, which networking code would take for a bad connection."""


def is_this_machine(family: int, address: Any) -> bool:
    """Unix sockets and loopback addresses."""
    if family == socket.AF_UNIX:
        return True
    host = address[0] if isinstance(address, tuple) else address
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return bool(host == "localhost")


@contextmanager
def no_world() -> Iterator[None]:
    """While it lasts, connecting to another machine raises WorldReached."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_here(getattr(socket.socket, name)))
        yield


def _only_here(connect: Any) -> Any:
    def connect_here(self: socket.socket, address: Any) -> Any:
        if not is_this_machine(self.family, address):
            raise WorldReached(f"a test tried to reach {address!r}")
        return connect(self, address)

    return connect_here
