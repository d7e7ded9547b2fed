"""The page at `/api/docs`, and `docs/api.md`, whose examples are run against a live server."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_driver import Api, described_api
from werkzeug.serving import make_server

from dbspend360.api.envelope import WORDS
from dbspend360.errors import DBSpendError

DOC = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
CURL = [line for line in DOC.splitlines() if line.startswith("curl ")]
PYTHON = re.findall(r"^```python\n(.+?)^```", DOC, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return described_api(tmp_path_factory.mktemp("documented") / "data")


@pytest.fixture(scope="module")
def address(api: Api) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, api.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def here(example: str, address: str) -> str:
    assert "127.0.0.1:8050" in example
    return example.replace("127.0.0.1:8050", address)


# docs/api.md


@pytest.mark.parametrize("example", CURL)
def test_every_curl_works(example: str, address: str, tmp_path: Path) -> None:
    command = ["sh", "-c", here(example, address)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = done.stdout or next(tmp_path.glob("spends.*")).read_bytes()
    assert found.startswith((b'{"success":true', b"usage_date,", b"%PDF-"))


@pytest.mark.parametrize("example", PYTHON, ids=["decimals", "pandas"])
def test_every_python_example_works(example: str, address: str) -> None:
    command = [sys.executable, "-W", "error::DeprecationWarning", "-c", here(example, address)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "nightly_load 266.000000" in done.stdout or "2026-11-20" in done.stdout


def test_there_are_examples_of_both() -> None:
    assert len(CURL) == 6
    assert len(PYTHON) == 2


def test_the_addresses_are_those_that_there_are(api: Api) -> None:
    document = api.client.get("/api/openapi.json").get_json()
    listed = re.findall(r"^\| `(/api[^`]*)` \|", DOC, re.MULTILINE)
    assert listed == list(document["paths"])


def test_the_errors_are_those_that_can_happen(api: Api) -> None:
    document = api.client.get("/api/openapi.json").get_json()
    listed = set(re.findall(r"^\| (\d+) \| `(\w+)` \|", DOC, re.MULTILINE))
    described = {
        (status, code)
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        for code in re.findall(r"`(\w+)`", response["description"])
    }
    assert listed == described | {("405", WORDS[405][0])}


def test_no_code_has_two_meanings() -> None:
    def below(error: type[DBSpendError]) -> Iterator[type[DBSpendError]]:
        yield error
        for each in error.__subclasses__():
            yield from below(each)

    ours = {each.code: each.status for each in below(DBSpendError)}
    assert all(ours[each.code] == each.status for each in below(DBSpendError))
    for status, (code, _) in WORDS.items():
        assert ours.get(code, status) == status


# /api/docs


def test_the_page_shows_every_address_parameter_and_status(api: Api) -> None:
    page = api.client.get("/api/docs").get_data(as_text=True)
    document = api.client.get("/api/openapi.json").get_json()
    for operation in (each for them in document["paths"].values() for each in them.values()):
        part = page.split(f'id="{operation["operationId"]}"')[1].split("</section>")[0]
        for parameter in operation["parameters"]:
            name = parameter["name"]
            assert f'name="{name}"' in part or f"<code>{name}</code>: " in part
        assert re.findall(r"<dt>(\d+)</dt>", part) == list(operation["responses"])


def test_the_page_asks_no_server_but_ours(api: Api) -> None:
    page = api.client.get("/api/docs").get_data(as_text=True)
    assert "://" not in page
    links = re.findall(r'(?:href|src)="\.\./([^"]+)"', page)
    assert len(links) == 5
    for each in links:
        with api.client.get(f"/{each}") as response:
            assert response.status_code == 200


def test_the_dashboard_does_not_load_what_belongs_to_the_docs(api: Api) -> None:
    assert "docs." not in api.client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/api/docs", "/api/openapi.json"])
def test_the_description_is_not_sent_again(api: Api, path: str) -> None:
    tag = api.client.get(path).headers["ETag"]
    assert api.get(path, If_None_Match=tag).status_code == 304
