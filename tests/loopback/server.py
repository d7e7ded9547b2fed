"""The HTTP side: paths, tokens, faults, and the service behind them."""

import base64
import json
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs

from databricks.sql.thrift_api.TCLIService import TCLIService
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TTransport import TMemoryBuffer

from loopback.certificate import make_certificate
from loopback.engine import Engine
from loopback.faults import Fault, Faults
from loopback.rpc import Service

PATH = "/sql/1.0/warehouses/loopback"
_PATHS = (PATH, "/sql/1.0/endpoints/loopback")


class Loopback:
    """A warehouse that can be stopped, put to sleep and made to fail."""

    def __init__(self, folder: Path, *, port: int = 0, tls: bool = False) -> None:
        self.engine = Engine()
        self.service = Service(self.engine)
        self.faults = Faults()
        self.token = "loopback-token"
        self.client_id, self.client_secret = "loopback-client", "loopback-secret"
        self.agents: set[str] = set()
        self.port = port
        self.ca_file: Path | None = None
        self._certificate: Path | None = None
        if tls:
            self.ca_file, self._certificate = make_certificate(folder)
        self._issued: set[str] = set()
        self._refusing = False
        self._wake_after: float | None = None
        self._wakes_at: float | None = None
        self._server: _Server | None = None

    @property
    def base(self) -> str:
        scheme = "https" if self.ca_file else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        return f"{self.base}{PATH}"

    @property
    def open_sessions(self) -> int:
        return len(self.service.sessions)

    @property
    def open_operations(self) -> int:
        return len(self.service.operations)

    def start(self) -> None:
        """Listen, on the port of before."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.loopback = self
        self.port = self._server.server_port
        if self._certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket,
                server_side=True,
                do_handshake_on_connect=False,  # else one silent client holds up all the others
            )
        serve = self._server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Fall dead: every line is cut, sessions are lost, the data stays."""
        if self._server:
            self._server.shutdown()
            self._server.cut()
            self._server.server_close()
        self._server = None
        self.service.forget_sessions()

    def slow(self, seconds: float) -> None:
        """Every statement runs that long from now on."""
        self.service.slow_seconds = seconds

    def sleep(self, wake_after: float) -> None:
        """Answer 503 until so many seconds after the first that asks."""
        self._wake_after, self._wakes_at = wake_after, None

    def refuse_tokens(self) -> None:
        """As when the token is revoked."""
        self._refusing = True

    def accept_tokens(self) -> None:
        """As when it is valid again."""
        self._refusing = False

    def is_asleep(self) -> bool:
        if self._wake_after is None:
            return False
        now = time.monotonic()
        self._wakes_at = self._wakes_at or now + self._wake_after
        if now >= self._wakes_at:
            self._wake_after = None
        return self._wake_after is not None

    def lets_in(self, authorization: str) -> bool:
        known = {f"Bearer {each}" for each in (self.token, *self._issued)}
        return not self._refusing and authorization in known

    def issue(self, authorization: str) -> str | None:
        """An OAuth token for the right client."""
        wanted = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if self._refusing or authorization != f"Basic {wanted}":
            return None
        token = uuid.uuid4().hex
        self._issued.add(token)
        return token


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    loopback: Loopback

    def __init__(self, *arguments: Any) -> None:
        self._lines: set[socket.socket] = set()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._lines.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._lines.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up: that is their right."""

    def cut(self) -> None:
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every reply waits 40 ms for an acknowledgement
    wbufsize = -1  # head and body in one packet
    server: _Server

    def log_message(self, *_words: Any) -> None:
        """Nothing: the tests look at the log of statements."""

    def do_GET(self) -> None:
        loopback = self.server.loopback
        if self.path == "/oidc/.well-known/oauth-authorization-server":
            self._json(200, {"token_endpoint": f"{loopback.base}/oidc/v1/token"})
        elif not loopback.lets_in(self.headers.get("Authorization", "")):
            self._json(403, {"error_code": "403", "message": "Invalid access token."})
        elif self.path == "/api/2.0/sql/warehouses/loopback":
            state = "STARTING" if loopback.is_asleep() else "RUNNING"
            self._json(200, {"id": "loopback", "name": "Loopback", "state": state})
        else:
            self._json(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such thing."})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/oidc/v1/token":
            self._token(parse_qs(body.decode()))
        elif self.path not in _PATHS:
            self._empty(404)
        else:
            self._thrift(body)

    def _token(self, asked: dict[str, list[str]]) -> None:
        token = self.server.loopback.issue(self.headers.get("Authorization", ""))
        if asked.get("grant_type") != ["client_credentials"] or token is None:
            self._json(401, {"error": "invalid_client", "error_description": "Unknown client."})
        else:
            self._json(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _thrift(self, body: bytes) -> None:
        loopback = self.server.loopback
        name = TBinaryProtocol(TMemoryBuffer(body)).readMessageBegin()[0]
        loopback.service.requests[name] += 1
        loopback.agents.add(self.headers.get("User-Agent", ""))
        fault = loopback.faults.take(name)
        if fault and not self._survives(fault):
            return
        if loopback.is_asleep():
            self._empty(503, {"Retry-After": "1"})
        elif not loopback.lets_in(self.headers.get("Authorization", "")):
            self._empty(403)
        else:
            answer = _answered(loopback.service, body)
            if fault and fault.what == "lose reply":
                self._hang_up()
            else:
                self._send(200, "application/x-thrift", answer)

    def _survives(self, fault: Fault) -> bool:
        if fault.what == "status":
            self._empty(fault.code, fault.headers)
        elif fault.what == "drop":
            self._hang_up()
        elif fault.what == "delay":
            time.sleep(fault.seconds)
        elif fault.what == "expired session":
            self.server.loopback.service.forget_sessions()
        return fault.what not in ("status", "drop")

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _json(self, code: int, content: dict[str, Any]) -> None:
        self._send(code, "application/json", json.dumps(content).encode())

    def _empty(self, code: int, headers: dict[str, str] | None = None) -> None:
        self._send(code, "text/plain", b"", headers)

    def _send(
        self, code: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        with suppress(OSError):
            self.send_response(code)
            for name, value in {"Content-Type": kind, **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


def _answered(service: Service, body: bytes) -> bytes:
    written = TMemoryBuffer()
    TCLIService.Processor(service).process(
        TBinaryProtocol(TMemoryBuffer(body)), TBinaryProtocol(written)
    )
    answer: bytes = written.getvalue()
    return answer


@contextmanager
def loopback_warehouse(*, port: int = 0, tls: bool = False) -> Iterator[Loopback]:
    """A warehouse that listens, with an empty table of job spends."""
    with TemporaryDirectory() as folder:
        warehouse = Loopback(Path(folder), port=port, tls=tls)
        warehouse.engine.make_spends()
        warehouse.start()
        try:
            yield warehouse
        finally:
            warehouse.stop()
            warehouse.engine.close()
