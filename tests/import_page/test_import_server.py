"""Files that come over a real line to a real server, and lines that break."""

import re
import socket
from pathlib import Path

from people import Site, site
from processes import wait_for

from dbspend360.services.import_desk import uploads_folder
from dbspend360.settings import Settings
from dbspend360.warehouse import versions

ROW = "c1,1.25,71,%d,2026-11-01,2.5\n"
HEAD = "cluster_id,ec2_cost,job_id,run_id,usage_date,databricks_cost\n"


def line(found: Site) -> socket.socket:
    host, _, port = found.address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def said(client: socket.socket) -> str:
    parts = []
    try:
        while part := client.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass  # it has hung up on what it does not want to read
    return b"".join(parts).decode("utf-8", "replace")


def asked(found: Site, head: str, body: bytes = b"") -> str:
    with line(found) as client:
        client.sendall(f"{head}Host: 127.0.0.1\r\nConnection: close\r\n\r\n".encode() + body)
        return said(client)


def token(found: Site) -> str:
    [cookie] = re.findall("_csrf_token=([^;]+)", asked(found, "GET /import HTTP/1.1\r\n"))
    return str(cookie)


def sending(found: Site, length: int) -> str:
    mark = token(found)
    return (
        "POST /import/file?name=spends.csv HTTP/1.1\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n"
        f"Cookie: _csrf_token={mark}\r\nX-CSRFToken: {mark}\r\n"
    )


def stage(found: Site) -> str:
    page = asked(found, "GET /import/now HTTP/1.1\r\n")
    return str(re.findall(r'data-stage="(\w+)"', page)[0])


def left(folder: Path) -> list[Path]:
    root = uploads_folder(Settings(data_dir=folder))
    return [each for each in root.rglob("*") if each.is_file() and each.suffix != ".lock"]


def test_what_happens_to_a_file_on_its_way(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    body = (HEAD + "".join(ROW % number for number in range(300_000))).encode()
    with site(folder) as found:
        before = versions.current(folder)

        refused = asked(found, sending(found, 1_000_000_000), b"x")
        assert " 413 " in refused
        assert "larger than 200 MB" in refused

        stranger = asked(found, sending(found, len(body)).replace("X-CSRFToken", "X-Other"), b"x")
        assert " 403 " in stranger

        with line(found) as client:  # it hangs up in the middle
            head = sending(found, len(body)) + "Host: 127.0.0.1\r\n\r\n"
            client.sendall(head.encode() + body[: len(body) // 2])
            wait_for(lambda: bool(left(folder)))
            assert stage(found) == "none"
        wait_for(lambda: left(folder) == [])
        assert found.is_ready()

        assert " 202 " in asked(found, sending(found, len(body)), body)
        assert " 409 " in asked(found, sending(found, 100), b"x" * 100)  # one at a time
        assert stage(found) == "checking"
        mark = token(found)
        off = (
            "POST /import/cancel HTTP/1.1\r\nContent-Length: 0\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Cookie: _csrf_token={mark}\r\nX-CSRFToken: {mark}\r\n"
        )
        assert " 303 " in asked(found, off)
        assert stage(found) == "none"
        wait_for(lambda: left(folder) == [])

        assert " 202 " in asked(found, sending(found, len(body)), body)
        found.process.kill()  # in the midst of the check
    assert versions.current(folder) == before
    with site(folder) as found:
        page = asked(found, "GET /import/now HTTP/1.1\r\n")
        assert stage(found) in ("failed", "checked"), page
        assert " 202 " in asked(found, sending(found, len(body)), body)
        wait_for(lambda: stage(found) == "checked")
    assert versions.current(folder) == before
