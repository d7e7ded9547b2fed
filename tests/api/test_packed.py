import random
import string
from pathlib import Path

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from people import wait_until

from dbspend360.api import packed

_LETTERS = random.Random(360)
SCRIPT = "\n".join(
    "let " + "".join(_LETTERS.choices(string.ascii_letters, k=40)) for _ in range(999)
)
SECONDS = 30.0
BR = {"Accept-Encoding": "gzip, br"}


def serving(folder: Path) -> Flask:
    server = Flask("test")
    server.add_url_rule("/script.js", "js", lambda: Response(SCRIPT, mimetype="text/javascript"))
    server.add_url_rule("/small.js", "small", lambda: Response("let x", mimetype="text/javascript"))
    server.add_url_rule("/page", "page", lambda: Response(SCRIPT, mimetype="text/html"))
    packed.register(server, folder)
    return server


def is_packed(client: FlaskClient) -> bool:
    return client.get("/script.js", headers=BR).content_encoding == "br"


def test_a_script_is_packed_once_and_then_sent_small(tmp_path: Path) -> None:
    client = serving(tmp_path / "cache" / "scripts").test_client()
    first = client.get("/script.js", headers=BR)
    assert first.text == SCRIPT
    wait_until(lambda: is_packed(client), SECONDS)
    answer = client.get("/script.js", headers=BR)
    assert brotli.decompress(answer.data).decode() == SCRIPT
    assert answer.content_length == len(answer.data) < len(SCRIPT)
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_next_server_finds_it_packed(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "scripts"
    serving(folder).test_client().get("/script.js", headers=BR)
    wait_until(lambda: bool(list(folder.glob("*.br"))), SECONDS)
    answer = serving(folder).test_client().get("/script.js", headers=BR)
    assert answer.content_encoding == "br"


def test_what_was_damaged_is_packed_anew(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "scripts"
    serving(folder).test_client().get("/script.js", headers=BR)
    wait_until(lambda: bool(list(folder.glob("*.br"))), SECONDS)
    [file] = folder.glob("*.br")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    client = serving(folder).test_client()
    assert client.get("/script.js", headers=BR).text == SCRIPT
    wait_until(lambda: is_packed(client), SECONDS)
    assert brotli.decompress(client.get("/script.js", headers=BR).data).decode() == SCRIPT


def test_a_folder_that_cannot_be_made_costs_nothing_but_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    client = serving(tmp_path / "cache" / "scripts").test_client()
    client.get("/script.js", headers=BR)
    wait_until(lambda: is_packed(client), SECONDS)


@pytest.mark.parametrize("accepted", ["", "gzip", "br;q=0"])
def test_who_does_not_know_brotli_gets_it_as_it_is(tmp_path: Path, accepted: str) -> None:
    folder = tmp_path / "cache" / "scripts"
    client = serving(folder).test_client()
    client.get("/script.js", headers=BR)
    wait_until(lambda: is_packed(client), SECONDS)
    assert client.get("/script.js", headers={"Accept-Encoding": accepted}).text == SCRIPT


@pytest.mark.parametrize("address", ["/page", "/small.js"])
def test_nothing_else_is_touched(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "cache" / "scripts"
    client = serving(folder).test_client()
    client.get(address, headers=BR)
    client.get("/script.js", headers=BR)
    wait_until(lambda: is_packed(client), SECONDS)
    assert client.get(address, headers=BR).content_encoding is None
    assert len(list(folder.glob("*.br"))) == 1
