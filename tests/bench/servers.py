"""Servers to measure: each in a process of its own on loopback, ended with the measurement."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import requests

PATIENCE_SECONDS = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def served(database_url: str, **more: str) -> Iterator[str]:
    """The portal as it runs in earnest, by gunicorn with two workers; its address without trailing slash. `more`: settings."""
    port = free_port()
    environ = {**os.environ, "VACCINPORTEN_ENV": "development", "DATABASE_URL": database_url, "PORT": str(port), **more}
    with running(
        [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"], f"http://127.0.0.1:{port}/healthz", environ
    ):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: Sequence[str], address: str, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """The command, from when `address` answers until the block ends."""
    with subprocess.Popen(
        command, env={**os.environ, **(environ or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(address)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            requests.get(address, timeout=PATIENCE_SECONDS).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
