"""A stand-in for BankID that speaks the wire: a server on loopback with mutual TLS, for tests and development.

Whoever asks BankID finds it under `/rp/v6.0/`; the person's app, which Phone plays, under `/app/`. It can be made to fail in
all the ways that a server can.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from journal_core.clock import Clock, SystemClock
from journal_core.registers.bankid_certificates import Certificates, certificates_in, make_certificates
from journal_core.registers.bankid_orders import Orders, Refused

RP = "/rp/v6.0/"
APP = "/app/"
LOOPBACK = "127.0.0.1"
PATIENCE = 30
"""Seconds that it waits for a word of whoever has connected."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with the server: it is `down`, `silent`, tells `half`, or answers each with `status` and `body`."""

    kind: str
    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class BankIdStandIn:
    """A context: it serves while it lasts. All tell it what to do from the process that runs it; others may ask it."""

    def __init__(self, folder: Path, clock: Clock | None = None, port: int = 0) -> None:
        """`folder` is given new certificates. `port` 0: any that is free."""
        self.folder = folder
        self.asked: deque[tuple[str, Mapping[str, Any]]] = deque(maxlen=20)
        """What whoever asks BankID has sent, the latest last: endpoint and body."""
        self._orders = Orders(clock or SystemClock())
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._released = threading.Event()
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> BankIdStandIn:
        self._server = _Server(self, self._port, _tls(make_certificates(self.folder)))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"https://{LOOPBACK}:{self._server.server_port}{RP}"

    @property
    def certificate(self) -> str:
        """Of whoever asks."""
        return certificates_in(self.folder).client

    @property
    def key(self) -> str:
        return certificates_in(self.folder).client_key

    @property
    def authority(self) -> str:
        return certificates_in(self.folder).authority

    # What can go wrong

    def goes_down(self) -> None:
        """Who connects is hung up on."""
        self._set(Fault("down"))
        assert self._server is not None
        self._server.hang_up()

    def goes_silent(self) -> None:
        """What is asked is done, but the answer is kept until it recovers."""
        self._released.clear()
        self._set(Fault("silent"))

    def answers_half(self) -> None:
        """What is asked is done, but the line goes dead in the middle of the answer."""
        self._set(Fault("half"))

    def fails_with(
        self, status: int, body: Mapping[str, object] | bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Nothing that is asked is done, and each is answered this."""
        self._set(Fault("failing", status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers or {}))

    def recovers(self) -> None:
        self._set(None)
        self._released.set()

    def begins_anew(self) -> None:
        """As if nobody had ever asked."""
        self.recovers()
        with self._lock:
            self._orders.forget()
            self.asked.clear()

    def _set(self, fault: Fault | None) -> None:
        with self._lock:
            self._fault = fault

    # Serving

    @property
    def fault(self) -> Fault | None:
        with self._lock:
            return self._fault

    def wait_until_released(self) -> None:
        self._released.wait(PATIENCE)

    def answer(self, path: str, content_type: str, content: bytes) -> tuple[int, bytes]:
        """Status and body."""
        try:
            answered = self._do(path, content_type, content)
        except Refused as refused:
            return refused.status, json.dumps({"errorCode": refused.code, "details": refused.details}).encode()
        return 200, json.dumps(answered).encode()

    def _do(self, path: str, content_type: str, content: bytes) -> Mapping[str, Any]:
        orders = self._orders
        endpoints = {
            RP + "auth": orders.auth,
            RP + "sign": orders.sign,
            RP + "collect": orders.collect,
            RP + "cancel": orders.cancel,
            APP + "scan": orders.app_scan,
            APP + "start": orders.app_start,
            APP + "sign": orders.app_sign,
            APP + "cancel": orders.app_cancel,
            APP + "hint": orders.app_hint,
        }
        if path not in endpoints:
            raise Refused("notFound", "No such path", 404)
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise Refused("unsupportedMediaType", "Only application/json", 415)
        try:
            body = json.loads(content)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refused("invalidParameters", "Could not parse the body")
        with self._lock:
            if path.startswith(RP):
                self.asked.append((path.removeprefix(RP), body))
            return endpoints[path](body)


def _tls(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.authority)
    context.load_cert_chain(certificates.server, certificates.server_key)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, standin: BankIdStandIn, port: int, tls: ssl.SSLContext) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.standin = standin
        self.tls = tls
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The handshake is left to the connection's own thread, so that no other has to wait for it."""
        connection, address = super().get_request()
        wrapped = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._connections.add(wrapped)
        return wrapped, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Ends all connections; their threads notice, and close them."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who fails the handshake, or hangs up, is no error of the server's. Raises anything else, for the thread to tell."""
        with suppress(OSError):
            raise


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        fault = self.server.standin.fault
        if fault is None or fault.kind != "down":
            super().handle()

    def do_GET(self) -> None:
        self._say(405, b'{"errorCode": "methodNotAllowed", "details": "Only POST"}')

    def do_POST(self) -> None:
        standin = self.server.standin
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = standin.fault if self.path.startswith(RP) else None
        if fault is not None and fault.kind == "failing":
            return self._say(fault.status, fault.body, fault.headers)
        status, body = standin.answer(self.path, self.headers.get("Content-Type") or "", content)
        if fault is not None and fault.kind == "silent":
            standin.wait_until_released()
        self._say(status, body, half=fault is not None and fault.kind == "half")

    def _say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None, *, half: bool = False) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        self.close_connection = self.close_connection or half

    def log_message(self, format: str, *args: Any) -> None:
        return
