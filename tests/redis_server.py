"""A real Redis of our own, on loopback, keeping nothing on disk."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ports import free_port
from redis import Redis
from redis.exceptions import ConnectionError as NotConnected


@contextmanager
def redis_server(folder: Path, port: int = 0) -> Iterator[str]:
    """Its address."""
    program = shutil.which("redis-server")
    assert program, "These tests need redis-server: `make test` installs it, or says how."
    port = port or free_port()
    arguments = f"--port {port} --bind 127.0.0.1 --appendonly no --dir {folder}".split()
    with subprocess.Popen([program, *arguments, "--save", ""], stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    with Redis(port=port) as client:
        for _ in range(200):
            try:
                client.ping()
            except NotConnected:
                time.sleep(0.02)
            else:
                return
    raise AssertionError("Redis did not start")
