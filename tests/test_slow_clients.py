"""Clients that send or read byte by byte, and what everybody else sees of them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from people import People, Site, site, wait_until

from dbspend360.signin.sizes import MOST_BYTES
from dbspend360.slow_clients import MOST_BODY, still_missing
from dbspend360.warehouse.demo import make_demo

SLOW = 300
HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"PUT /api/alerts/config HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_demo(tmp_path / "data", records=20_000, days=40)
    return tmp_path / "data"


def connected(found: Site) -> socket.socket:
    host, _, port = found.address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def answer_of(client: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    parts = []
    while part := client.recv(65_536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("data", "is_missing"),
    [
        (b"", True),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", False),
        (b"x" * 200_000, False),  # gunicorn says what is wrong with it
        (b"PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", True),
        (b"PUT / HTTP/1.1\r\ncontent-length:3\r\n\r\nabc", False),
        (b"PUT / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", False),  # refused unread
        (b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", True),
        (b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", False),
    ],
)
def test_a_thread_is_given_to_whole_requests_only(data: bytes, is_missing: bool) -> None:
    assert still_missing(data) is is_missing


def test_requests_in_pieces_are_answered_once_they_are_whole(folder: Path) -> None:
    body = b'{"updated_at": null, "threshold_amount": 77}'
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body)
    with site(folder) as found:
        for pieces in (
            [HEAD, b"\r\n"],
            [HEAD[:1], HEAD[1:20], HEAD[20:], b"Connection: close\r\n", b"\r\n"],
            [POST, length, body[:10], body[10:]],
            [POST + b"Expect: 100-continue\r\n" + length, body],
            [POST, chunked, body, b"\r\n0\r\n", b"\r\n"],
            [HEAD + b"\r\n" + HEAD, b"\r\n"],  # two behind each other
            [POST + b"Content-Length: 5000000\r\n\r\n", b"x"],
        ):
            with connected(found) as client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for piece in pieces:
                    client.sendall(piece)
                    time.sleep(0.02)
                client.shutdown(socket.SHUT_WR) if b"close" not in b"".join(pieces) else None
                said = answer_of(client)
                assert b"HTTP/1.1 " in said, pieces
                expected = b" 413 " if b"5000000" in pieces[0] else b" 200 "
                assert expected in said or b" 409 " in said, said[:300]
        assert found.get("/api/alerts/config").json["data"]["threshold_amount"] == 77


class SlowOnes:
    """Half send a request byte by byte, half read a large file byte by byte."""

    def __init__(self, found: Site, count: int) -> None:
        self._over = threading.Event()
        self._senders = [connected(found) for _ in range(count // 2)]
        self._readers = [connected(found) for _ in range(count // 2)]
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> "SlowOnes":
        for each in self._readers:
            each.sendall(
                b"GET /export/job-spends.csv?group_by=record HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            )
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join(30)
        for each in (*self._senders, *self._readers):
            each.close()

    def _go_on(self) -> None:
        request = HEAD + b"X: " + b"x" * 10_000
        for byte in request:
            for each in self._senders:
                with suppress(OSError):  # the server has given up on it
                    each.send(bytes([byte]), socket.MSG_DONTWAIT)
            for each in self._readers:
                with suppress(OSError):
                    each.recv(1, socket.MSG_DONTWAIT)
            if self._over.wait(0.2):
                return


@contextmanager
def slow(found: Site, count: int = SLOW) -> Iterator[None]:
    with SlowOnes(found, count):
        yield


def test_three_hundred_slow_clients_stop_nobody(folder: Path) -> None:
    with site(folder) as found, People(found) as people:
        with slow(found):
            before = people.saved
            wait_until(lambda: people.saved > before + 20, 30)
        wait_until(found.is_ready, 10)
        after = people.saved
        wait_until(lambda: people.saved > after + 2, 10)
        people.__exit__()
        assert people.wrong == []
        assert people.seen[0] == 0
        assert people.saved <= people.kept() <= people.tried
        assert found.get("/export/job-spends.csv").status == 200


def test_who_hangs_up_in_the_middle_costs_nothing(folder: Path) -> None:
    with site(folder) as found:
        clients = [connected(found) for _ in range(20)]
        for each in clients:
            each.sendall(HEAD)
            each.shutdown(socket.SHUT_WR)
        for each in clients:
            with each, suppress(ConnectionResetError):  # it has left bytes unread
                assert answer_of(each) == b""
        assert found.is_ready()


def test_slow_clients_do_not_keep_the_server_from_stopping(folder: Path) -> None:
    with site(folder) as found, slow(found, 40):
        assert found.is_ready()
        found.process.terminate()
        assert found.process.wait(20) == 0


def test_what_is_waited_for_is_what_the_app_reads() -> None:
    assert MOST_BYTES == MOST_BODY
