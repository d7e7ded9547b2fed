"""Requests by the dice; the same ones each time."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

SEED = 20_261_125
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "get")

Asks = dict[str, list[dict[str, Any]]]  # by page

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


def asked_by_scripts(dependencies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a page asks the server for, but for what starts a process each time."""
    quiet = ("export-cancel.id", "export-answer.data")
    return [
        each
        for each in dependencies
        if not each["clientside_function"] and each["output"] not in quiet
    ]


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

    def path(self, rules: Sequence[str]) -> str:
        rule = self.dice.choice(rules)
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
    rules: Sequence[str], asks: Asks, many: int, *, seed: int = SEED
) -> Iterator[dict[str, Any]]:
    """As a test client of Flask takes them.

    `rules` are the addresses as Flask writes them, `asks` what each page asks the server for.
    """
    chance = Chance(seed)
    kinds = ("application/json", "application/json", "text/plain", "x/\xff", "",
             "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")  # fmt: skip
    for number in range(many):
        if number % 2:
            page = chance.dice.choice(sorted(asks))
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
                "path": chance.path(rules),
                "method": method,
                "data": b"" if method in ("GET", "HEAD") else chance.data(),
                "content_type": chance.dice.choice(kinds),
                "query_string": chance.query(),
                "headers": chance.dice.choice(HEADERS),
            }
