"""A line to a server that is cut at the moment a change is to be kept."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from typing import Literal

_SIGN = b"COMMIT\0"  # not the word that a transaction begins with: READ COMMITTED


class CutLine:
    """Hands everything on until it is told to cut, once; afterwards it hands on again."""

    def __init__(self, server_port: int) -> None:
        self.cut: Literal["", "before", "after"] = ""  # the server hears of it, or after it did it
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def run(self) -> None:
        """Until it is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listener.close()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._server_port))
        with client, server, suppress(OSError):
            while True:
                [line, *_], _, _ = select([client, server], [], [])
                data = line.recv(65536)
                if not data:
                    return
                if line is client and self.cut and _SIGN in data:
                    self._last_words(server, data)
                    return
                (server if line is client else client).sendall(data)

    def _last_words(self, server: socket.socket, data: bytes) -> None:
        if self.cut == "after":
            server.sendall(data)
            server.recv(1)  # it is done, and the reply goes nowhere
        self.cut = ""


@contextmanager
def cut_line(server_port: int) -> Iterator[CutLine]:
    line = CutLine(server_port)
    threading.Thread(target=line.run, daemon=True).start()
    try:
        yield line
    finally:
        line.close()
