"""What nobody means well with, against the real web server, while somebody works there."""

import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import requests
from hostile_requests import Intruder, hostile_requests
from odd_requests import Asks, asked_by_scripts, odd_requests
from page_driver import app_of
from people import People, Site, all_is_well, site
from signin_driver import PASSWORD

from dbspend360.models.person import Deed, Person, Role
from dbspend360.services import people as accounts
from dbspend360.services.tokens import Tokens
from dbspend360.store.places import make_store
from dbspend360.warehouse.demo import make_demo

SECRET_JOB = "only_for_bob"
PAGES = ("", "/alerts", "/reports")
MANY = 10_000
WAYS = 4  # requests under way at once
UNLIMITED = {"DBSPEND360_REQUESTS_PER_MINUTE": "0", "DBSPEND360_FILES_PER_MINUTE": "0"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "data"
    make_demo(folder, records=2_000, days=40)
    found = accounts.People(folder / "users.json")
    found.add("bob", Role.EDITOR, PASSWORD)
    found.add("mallory", Role.ADMIN, PASSWORD)  # gets as far as anybody
    return folder


@pytest.fixture(scope="module")
def bobs(folder: Path) -> Iterator[Site]:
    """A running server, as Bob's scripts use it; he has a rule for a job of his own."""
    store = make_store("", folder)
    store.prepare()
    token = Tokens(store, most_days=90).make(Person("bob", Role.EDITOR), "work", [*Deed], 1)
    with site(folder, DBSPEND360_AUTH="basic", **UNLIMITED) as found:
        found.headers = {"Authorization": f"Bearer {token}"}
        body = {"job_name": SECRET_JOB, "threshold_amount": 4321, "updated_at": None}
        assert found.put("/api/alerts/config", body).status == 200
        yield found


@pytest.fixture(scope="module")
def mallory(bobs: Site) -> requests.Session:
    """Has signed in, with the dashboard open."""
    session = requests.Session()
    session.get(f"{bobs.address}/login")
    form = {"name": "mallory", "password": PASSWORD, "csrf_token": session.cookies["_csrf_token"]}
    origin = {"Origin": bobs.address}
    assert session.post(f"{bobs.address}/login", form, headers=origin).status_code == 200
    assert session.get(f"{bobs.address}/").status_code == 200
    return session


@pytest.fixture(scope="module")
def asks(bobs: Site, mallory: requests.Session) -> Asks:
    return {page: mallory.get(f"{bobs.address}{page}/_dash-dependencies").json() for page in PAGES}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    server = app_of(tmp_path_factory.mktemp("rules"), auth="basic")
    return sorted({each.rule for each in server.url_map.iter_rules()})


def cookies(session: requests.Session) -> str:
    return "; ".join(f"{each.name}={each.value}" for each in session.cookies)


def csrf(session: requests.Session) -> str:
    return next(each.value or "" for each in session.cookies if each.name == "_csrf_token")


def host_of(found: Site) -> str:
    return found.address.removeprefix("http://")


def answer_to(host: str, data: bytes) -> bytes:
    """All that comes until the server hangs up, which it does before it has read 5 MB."""
    name, _, port = host.partition(":")
    parts = []
    with socket.create_connection((name, int(port)), timeout=60) as line:
        with suppress(OSError):
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while part := line.recv(65_536):
                parts.append(part)
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    """0: the line was cut without a word."""
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.") else 0


def is_wrong(status: int, body: bytes) -> bool:
    is_honest = status < 500 or (status == 503 and b'"message"' in body)
    return not is_honest or SECRET_JOB.encode() in body or b"Traceback" in body


def test_requests_that_are_made_with_care(
    bobs: Site, mallory: requests.Session, asks: Asks, rules: list[str]
) -> None:
    host = host_of(bobs)
    one = Intruder(host, cookies(mallory), csrf(mallory), [*_from_the_server(asks[""])])
    all_of_them = hostile_requests(one, rules)
    assert len(all_of_them) > 200
    with People(bobs) as people, ThreadPoolExecutor(WAYS) as ways:
        answers = list(ways.map(lambda each: answer_to(host, each.data), all_of_them))
        seen = Counter(map(status_of, answers))
        wrong = [
            f"{each.name}: {answer[:300]!r}"
            for each, answer in zip(all_of_them, answers, strict=True)
            if is_wrong(status_of(answer), answer)
        ]
        assert wrong == []
        assert seen[413] > len(rules) / 2  # what is too large is not read
        assert seen[400] > 50
        all_is_well(people)


def test_requests_by_the_dice(
    bobs: Site, mallory: requests.Session, asks: Asks, rules: list[str]
) -> None:
    known = {page: asked_by_scripts(each) for page, each in asks.items()}
    odd = list(odd_requests(rules, known, MANY, seed=360))
    headers = {"Cookie": cookies(mallory), "X-CSRFToken": csrf(mallory)}

    def send(part: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
        """Over one line for as long as it lasts."""
        with closing(HTTPConnection(host_of(bobs), timeout=60)) as line:
            return [_answered(line, each, headers) for each in part]

    with People(bobs) as people, ThreadPoolExecutor(WAYS) as ways:
        parts = [odd[number::WAYS] for number in range(WAYS)]
        answers = [each for part in ways.map(send, parts) for each in part]
        seen = Counter(status for status, _ in answers)
        assert [words for _, words in answers if words] == []
        assert seen[200] > MANY / 20  # most of them came through to the callbacks, as they should
        assert seen[400] > MANY / 20
        all_is_well(people)


def _from_the_server(asked: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What it answers, and of that five: whose forgery it is makes no difference to the gate."""
    ours = [each for each in asked if not each["clientside_function"]]
    yield from islice((each for each in ours if each["output"] != "export-answer.data"), 4)
    yield next(each for each in ours if each["output"] == "export-answer.data")


def _answered(
    line: HTTPConnection, odd: dict[str, Any], headers: dict[str, str]
) -> tuple[int, str]:
    """Its status, and what is wrong with it."""
    query = odd.get("query_string", "")
    kind = {"Content-Type": odd["content_type"]} if odd.get("content_type") else {}
    try:
        line.request(
            odd["method"],
            odd["path"].replace(" ", "%20") + (f"?{query}" if query else ""),
            odd["data"],
            headers | kind | odd.get("headers", {}),
        )
        with line.getresponse() as answer:
            body = answer.read()
    except (HTTPException, OSError):
        line.close()
        return 0, ""
    words = f"{answer.status} {str(odd)[:400]} {body[:200]!r}"
    return answer.status, words if is_wrong(answer.status, body) else ""
