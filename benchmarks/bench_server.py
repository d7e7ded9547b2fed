"""The web servers that `make bench` asks: ours twice, and an empty route on the same gunicorn."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dash_ag_grid as dag
from dash import Dash, Input, Output, dcc, html
from flask import Flask

ROOT = Path(__file__).parent.parent
WORKERS, THREADS = 2, 4


def empty() -> Flask:
    """The least that answers: the floor of every route."""
    server = Flask("empty")

    @server.get("/empty")
    def nothing() -> str:
        return "{}"

    return server


def empty_dash() -> Flask:
    """The least that a callback can do: the floor of every part of the page."""
    app = Dash("empty")
    app.layout = html.Div([dcc.Store(id="in"), dcc.Store(id="out")])
    app.callback(Output("out", "data"), Input("in", "data"))(lambda value: value)
    server: Flask = app.server
    return server


def bare_page() -> Flask:
    """The least that has one grid and two charts, with what Dash brings: the floor of our page."""
    app = Dash("bare", compress=True)
    days = [f"2026-11-{n:02}" for n in range(1, 31)]
    bars = [{"type": "bar", "x": days, "y": [*range(30)]} for _ in range(2)]
    rows = [{f"c{n}": f"row {each} of {n}" for n in range(8)} for each in range(50)]
    app.layout = html.Div(
        [
            dcc.Graph(figure={"data": bars, "layout": {"barmode": "stack"}}),
            dcc.Graph(figure={"data": bars[:1], "layout": {}}),
            dag.AgGrid(rowData=rows, columnDefs=[{"field": f"c{n}"} for n in range(8)]),
        ]
    )
    server: Flask = app.server
    return server


def callback(known: list[dict[str, Any]], source: str, value: object) -> dict[str, Any]:
    """What a page sends when `source` ("id.property") has changed; `known` are its callbacks."""
    name, attribute = source.split(".")
    found = next(
        each
        for each in known
        if not each["clientside_function"] and {"id": name, "property": attribute} in each["inputs"]
    )
    outputs = [
        dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
        for each in found["output"].strip(".").split("...")
    ]
    return {
        "output": found["output"],
        "outputs": outputs if found["output"].startswith("..") else outputs[0],
        "inputs": [{"id": name, "property": attribute, "value": value}],
        "changedPropIds": [source],
    }


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float  # from the start of the process to the first answer

    def client(self) -> "Client":
        """Somebody with one connection."""
        return Client(self.port)

    def worker_megabytes(self) -> float:
        """What the largest of its workers holds, shared memory and all."""
        parent = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        workers = Path(parent).read_text("ascii").split()
        return max(_resident(int(each)) for each in workers)


class Client:
    """One connection that is kept, as browsers and scripts do."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """The answer, read to its end."""
        self._connection.request("GET", path, headers=headers or {})
        response = self._connection.getresponse()
        response.read()
        assert response.status in (200, 304), (path, response.status)
        return response

    def read(self, path: str) -> bytes:
        """The body of an answer."""
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        assert response.status == 200, (path, response.status)
        return response.read()

    def post(self, path: str, body: object) -> Any:
        """JSON for JSON."""
        kind = {"Content-Type": "application/json"}
        self._connection.request("POST", path, json.dumps(body), kind)
        response = self._connection.getresponse()
        text = response.read()
        assert response.status == 200, (path, response.status, text[:200])
        return json.loads(text)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def serving(app: str, ready: str, **settings: object) -> Iterator[Running]:
    """Run an app as we run ours, until it answers at `ready`."""
    port = _free_port()
    own = {f"DBSPEND360_{name.upper()}": str(value) for name, value in settings.items()}
    own |= {"DBSPEND360_WEB_WORKERS": str(WORKERS), "DBSPEND360_WEB_THREADS": str(THREADS)}
    env = os.environ | own | {"DBSPEND360_PORT": str(port), "DBSPEND360_LOG_LEVEL": "WARNING"}
    env |= {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), env.get("PYTHONPATH", "")])}
    conf = str(ROOT / "gunicorn.conf.py")
    command = [sys.executable, "-m", "gunicorn", "--config", conf, app]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, cwd=ROOT)
    try:
        _wait_for(process, port, ready)
        yield Running(process, port, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    while process.poll() is None:
        try:
            client = Client(port)
            client.get(path)
        except (OSError, http.client.HTTPException):
            time.sleep(0.01)
        else:
            client.close()
            return
    raise RuntimeError(f"the server ended with {process.returncode}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024
