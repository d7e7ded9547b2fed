"""A web process that gives a thread to whole requests only.

A client that sends its request byte by byte would hold a thread of gunicorn's for as long as it
likes. Here its connection waits beside the threads, in the kernel's memory, until all is there.
"""

import contextlib
import errno
import re
import selectors
import socket
import struct
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

WHOLE_SECONDS = 15  # for a request, from its first byte on: it is small
STUCK_SECONDS = 10  # for a client that takes nothing more of its answer
MOST_BODY = 100_000  # bytes that are waited for; the app refuses more without reading it
_MOST = MOST_BODY + 32_768  # with the head
_ROOM = 262_144  # of the kernel for one request; it gives twice what it may

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_ASKS_FIRST = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


def still_missing(data: bytes) -> bool:
    """Whether more of a request must come before a thread can answer it."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return len(data) < _MOST
    head += b"\r\n"
    if _CHUNKED.search(head):
        return not body.endswith(b"0\r\n\r\n") and len(data) < _MOST
    length = _LENGTH.search(head)
    wanted = int(length[1]) if length else 0
    return wanted <= MOST_BODY and len(body) < wanted


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """Gunicorn's worker with threads, and a place to wait."""

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, and let it wait for its request."""
        if self.cfg.is_ssl:  # what arrives cannot be read from outside
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STUCK_SECONDS, 0))
        self.nr_conns += 1
        self._wait_for_all(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:  # noqa: ANN401
        """Somebody who was here before asks again."""
        if self.cfg.is_ssl:
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait_for_all(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:  # noqa: ANN401
        """What has come behind a request waits for the rest of the next one, too."""
        has_more = conn.parser is not None and not conn.is_http2 and _read_already(conn)
        if has_more and not self.cfg.is_ssl and not fs.cancelled() and fs.result() is True:
            conn.sock.setblocking(False)
            self._wait_for_all(conn)
        else:
            super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: Any) -> Any:  # noqa: ANN401
        """Answer; a client that takes nothing of it is gone, as far as we care."""
        try:
            return super().handle_request(req, conn)
        except BlockingIOError as error:
            raise ConnectionResetError(errno.ECONNRESET, "the client is stuck") from error

    def _keepalive_after(self, conn: Any, keepalive: Any) -> bool:  # noqa: ANN401
        """Not after a body that nobody has read: reading it would take as long as it likes."""
        return bool(keepalive) and not conn.is_large and bool(super()._keepalive_after(conn, True))

    def _cap_keepalive(self, deadline: float) -> None:
        """Whoever has not sent all when the server stops has two seconds, too."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _wait_for_all(self, conn: Any) -> None:  # noqa: ANN401
        conn.timeout = time.monotonic() + WHOLE_SECONDS
        conn.is_told = conn.is_large = False
        conn.arrived = 0
        self.pending_conns.append(conn)
        look = partial(self._look, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, look)
        if len(self.pending_conns) > self.worker_connections // 2:
            self._give_up(self.pending_conns[0])
        if conn.parser is not None and _read_already(conn):
            look(conn.sock)

    def _look(self, conn: Any, client: socket.socket) -> None:  # noqa: ANN401
        if conn not in self.pending_conns:
            return
        try:
            arrived = client.recv(_MOST, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            is_over = len(arrived) == conn.arrived  # woken, and nothing new: it has hung up
            conn.arrived = len(arrived)
        except BlockingIOError:  # what is there was read before
            arrived, is_over = b"", False
        except OSError:
            arrived, is_over = b"", True
        data = (_read_already(conn) if conn.parser is not None else b"") + arrived
        if is_over:
            self._give_up(conn)
        elif still_missing(data):
            self._let_send(conn, data)
            _wake_at(client, len(arrived) + 1)
        else:
            self._hand_over(conn, data)

    def _hand_over(self, conn: Any, data: bytes) -> None:  # noqa: ANN401
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        _wake_at(conn.sock, 1)
        length = _LENGTH.search(data)
        conn.is_large = bool(_CHUNKED.search(data) or (length and int(length[1]) > MOST_BODY))
        conn.data_ready = True
        self.enqueue_req(conn)

    def _let_send(self, conn: Any, data: bytes) -> None:  # noqa: ANN401
        if not conn.is_told and b"\r\n\r\n" in data and _ASKS_FIRST.search(data):
            conn.is_told = True
            with contextlib.suppress(OSError):
                conn.sock.send(_GO_ON)

    def _give_up(self, conn: Any) -> None:  # noqa: ANN401
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        self.nr_conns -= 1
        conn.close()


def _read_already(conn: Any) -> bytes:  # noqa: ANN401
    """What a thread has read beyond its own request."""
    return bytes(conn.parser.unreader.buf.getvalue())


def _wake_at(client: socket.socket, size: int) -> None:
    """Call it readable once so many bytes are there: what is left lying would wake us for ever."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
