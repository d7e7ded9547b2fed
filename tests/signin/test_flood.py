"""Thousands of requests that nobody means well with: no crash, nothing lost, nothing of others."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from page_driver import app_of
from spend_records import publish, record

from dbspend360.models.person import Person, Role

SEED = 20_261_125
MANY = 10_000
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "get")
PAGES = ("", "/alerts", "/reports")
SECRET_JOB = "only_for_bob"

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**400, -(10**30), "", " ", "x" * 2_000, "\0", "a\0b", "\ud800",
    "💥", "\u202e", "__proto__", "constructor", "../../etc/passwd", "%2e%2e%2f", "' OR 1=1 --",
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{7*7}}", "${7*7}", "NaN", "2026-11-20",
    "0000-00-00", [], {}, [[]], [None], [{}], {"": ""}, {"__proto__": {"x": 1}},
    {"id": {"type": "x"}},
]  # fmt: skip
KEYS = (
    "query", "start", "end", "token", "run", "deed", "incident", "save", "seen", "over", "form",
    "id",
    "what", "kind", "send", "watch", "again", "forget", "new", "quiet", "drawn", "name",
    "recipients",
    "job_id", "run_id", "workspace_id", "rules", "threshold_amount", "__proto__", "",
)  # fmt: skip
PARTS = (
    "..", "%2e%2e", "%00", "%ff", "//", "~", "etc", "passwd", "%5c..", "__proto__", "1", "x" * 300,
    "dash", "page.css", "dash_renderer", "job-spends.csv", "%f0%9f%92%a5", ";", "?", "#", "*",
)  # fmt: skip
HEADERS: list[dict[str, str]] = [
    {},
    {"Accept": "text/csv"},
    {"Accept": "\xff;;q=x,,"},
    {"Range": "bytes=0-1,5-2,-9"},
    {"If-None-Match": "*, W/"},
    {"Cookie": "_csrf_token=; session=" + "x" * 3_000},
    {"Cookie": "=;;=;\xff"},
    {"Authorization": "Bearer "},
    {"Authorization": "Basic \xff"},
    {"Authorization": "x" * 3_000},
    {"Host": "evil.example"},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"X-Forwarded-For": "1.2.3.4, x", "X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "\xff"},
    {"X-Request-ID": "a\tb" * 50},
    {"Content-Encoding": "gzip"},
    {"Accept-Encoding": "zstd;q=x, br"},
    {"X-HTTP-Method-Override": "DELETE"},
]


def whoever_says() -> Person | None:
    name = request.headers.get("X-Who", "mallory")
    return Person(name, Role.ADMIN) if name else None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("flood") / "data"
    publish(folder, record(), record(run="2", name="100%_o'brien"))
    unlimited: dict[str, Any] = {"requests_per_minute": 0, "files_per_minute": 0}
    found = app_of(folder, ways=[whoever_says], cache_url="simple", cache_seconds=300, **unlimited)
    found.test_client_class = FlaskClient
    return found


@pytest.fixture(scope="module")
def asks(server: Flask) -> dict[str, list[dict[str, Any]]]:
    """What each page asks the server for, as its scripts would."""
    client = server.test_client()
    return {
        page: [
            each
            for each in client.get(f"{page}/_dash-dependencies").get_json()
            if not each["clientside_function"] and each["output"] != "export-cancel.id"
            and each["output"] != "export-answer.data"  # starts a process for each
        ]
        for page in PAGES
    }  # fmt: skip


class Chance:
    """Requests by the dice; the same ones each time."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def value(self, deep: int = 0) -> Any:
        kind = self.dice.random()
        if deep > 3 or kind < 0.6:
            return self.dice.choice(ODD)
        if kind < 0.7:
            return [self.value(deep + 1) for _ in range(self.dice.randrange(4))]
        chosen = self.dice.sample(KEYS, self.dice.randrange(1, 6))
        return {key: self.value(deep + 1) for key in chosen}

    def query(self) -> str:
        names = ("start_date", "sort", "where", "job_name", "page", "run_id", "endId", "cacheKey",
                 "job", "oldJob", "cancelJob", "schedule_id", "x", "%00")  # fmt: skip
        values = ("", "1", "-1", "%00", "%ff", "x~y", "~", "%F0%9F%92%A5", "2026-11-20", "a.b.c")
        return "&".join(
            f"{self.dice.choice(names)}={self.dice.choice(values)}"
            for _ in range(self.dice.randrange(4))
        )

    def path(self, server: Flask) -> str:
        rule = self.dice.choice(sorted(each.rule for each in server.url_map.iter_rules()))
        while "<" in rule:
            before, _, rest = rule.partition("<")
            rule = before + "/".join(self.dice.choices(PARTS, k=2)) + rest.partition(">")[2]
        return rule.replace("?", "%3f").replace("#", "%23")

    def callback(self, asked: dict[str, Any]) -> dict[str, Any]:
        """As a page sends it, mostly; and then something about it is odd."""
        output = asked["output"]
        outputs = [
            dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
            for each in output.strip(".").split("...")
        ]
        body: dict[str, Any] = {
            "output": output,
            "outputs": outputs if output.startswith("..") else outputs[0],
            "inputs": [{**each, "value": self.value()} for each in asked["inputs"]],
            "changedPropIds": [f"{each['id']}.{each['property']}" for each in asked["inputs"]],
        }
        if self.dice.random() < 0.4:
            where = self.dice.choice([*body, "state", "extra"])
            body[where] = self.value()
        if self.dice.random() < 0.1:
            del body[self.dice.choice(sorted(body))]
        return body

    def data(self) -> bytes:
        return self.dice.choice(
            [
                b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"NaN", b'{"a":NaN}', b"\0" * 100,
                b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000, b'{"a":1e999999}',
                json.dumps(self.value()).encode(), "{}".encode("utf-16"), b"csrf_token=x&a=%00%ff",
            ]
        )  # fmt: skip


def odd_requests(
    server: Flask, asks: dict[str, list[dict[str, Any]]], many: int
) -> Iterator[dict[str, Any]]:
    chance = Chance(SEED)
    kinds = ("application/json", "application/json", "text/plain", "x/\xff", "",
             "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")  # fmt: skip
    for number in range(many):
        if number % 2:
            page = chance.dice.choice(PAGES)
            body = chance.callback(chance.dice.choice(asks[page]))
            yield {
                "path": f"{page}/_dash-update-component",
                "method": "POST",
                "data": json.dumps(body).encode(),
                "content_type": "application/json",
                "query_string": chance.query() if chance.dice.random() < 0.1 else "",
            }
        else:
            method = chance.dice.choice(METHODS)
            yield {
                "path": chance.path(server),
                "method": method,
                "data": b"" if method in ("GET", "HEAD") else chance.data(),
                "content_type": chance.dice.choice(kinds),
                "query_string": chance.query(),
                "headers": chance.dice.choice(HEADERS),
            }


def test_ten_thousand_odd_requests_crash_nothing_and_lose_nothing(
    server: Flask, asks: dict[str, list[dict[str, Any]]]
) -> None:
    client = server.test_client(use_cookies=False)
    bob = {"X-Who": "bob"}
    kept = client.put(
        "/api/alerts/config",
        json={"job_name": SECRET_JOB, "threshold_amount": 4321, "updated_at": None},
        headers=bob,
    )
    assert kept.status_code == 200, kept.get_data(as_text=True)
    before = client.get("/api/alerts/config", headers=bob).get_json()["data"]
    seen: Counter[int] = Counter()
    wrong: list[str] = []
    for asked in odd_requests(server, asks, MANY):
        with client.open(**asked) as answer:
            body = answer.get_data()
        seen[answer.status_code] += 1
        if answer.status_code >= 500 or SECRET_JOB.encode() in body or b"Traceback" in body:
            wrong.append(f"{answer.status_code} {str(asked)[:400]} {body[:200]!r}")
    assert wrong == []
    assert client.get("/api/alerts/config", headers=bob).get_json()["data"] == before
    assert seen[200] > MANY / 20  # most of them came through to the callbacks, as they should
    assert seen[400] > MANY / 20
