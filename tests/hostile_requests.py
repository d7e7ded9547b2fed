"""Requests that nobody means well with, as the bytes that go over the line."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Any
MEGABYTES_5 = 5_000_000
CALLBACK = "/_dash-update-component"

# Values where a date, a number, an id or a name of ours is expected.
ODD = (
    "", "-1", "0", "1e309", "NaN", "9" * 400, "2026-02-30", "0000-00-00", "99999-01-01", "%00",
    "%ff%fe", "%F0%9F%92%A5", "..%2f..%2fetc%2fpasswd", "..%5c..%5cwin.ini", "%27%20OR%201=1--",
    "1;DROP%20TABLE%20app_configs", "%3Cscript%3Ealert(1)%3C/script%3E", "{{7*7}}", "${7*7}",
    "=cmd|%27/C%20calc%27!A0", "x" * 7_000, "%0d%0aSet-Cookie:%20a=b", "%E2%80%AE", "*", "~~~~",
)  # fmt: skip
QUESTIONS = (
    "/api/summary?start_date=",
    "/api/job-spends?page=",
    "/api/job-spends?per_page=",
    "/api/job-spends?sort=",
    "/api/job-spends?where=",
    "/export/job-spends.csv?job_name=",
    "/export/job-spends.",
    "/export/ready/",
    "/api/job/",
    "/reports/files/",
)


@dataclass(frozen=True)
class Hostile:
    name: str
    data: bytes


@dataclass(frozen=True)
class Intruder:
    """Somebody who is signed in, with a page of ours open: as far as anybody gets."""

    host: str
    cookies: str
    csrf: str
    asks: Sequence[Mapping[str, Json]] = field(default=(), repr=False)  # of the dashboard

    def request(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        kind: str = "application/json",
        **more: str,
    ) -> bytes:
        headers = {
            "Host": self.host,
            "Cookie": self.cookies,
            "X-CSRFToken": self.csrf,
            "Origin": f"http://{self.host}",
            "Connection": "close",
        }
        if body or method not in ("GET", "HEAD"):
            headers |= {"Content-Type": kind, "Content-Length": str(len(body))}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items() if v)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def hostile_requests(one: Intruder, rules: Sequence[str]) -> list[Hostile]:
    """All of them; `rules` are the addresses of the app, as Flask writes them."""
    return [
        *_no_http(one),
        *_large(one, rules),
        *_questions(one),
        *_callbacks(one),
        *_in_disguise(one),
    ]


def _no_http(one: Intruder) -> Iterator[Hostile]:
    host = f"Host: {one.host}\r\n".encode()
    end = b"Connection: close\r\n\r\n"
    post = b"POST /api/export/pdf HTTP/1.1\r\n" + host

    def get(line: bytes, more: bytes = b"") -> bytes:
        return line + b"\r\n" + host + more + end

    yield from (
        Hostile(name, data)
        for name, data in {
            "empty lines": b"\r\n" * 50,
            "a TLS hello": bytes.fromhex("16030100a5010000a10303") + bytes(160),
            "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30),
            "HTTP/0.9": b"GET /\r\n",
            "HTTP/9.9": get(b"GET / HTTP/9.9"),
            "a word": b"GET\r\n\r\n",
            "null bytes": bytes(4_000),
            "a method of 300 letters": get(b"X" * 300 + b" / HTTP/1.1"),
            "a method with a null": get(b"G\0T / HTTP/1.1"),
            "an address of 9,000 letters": get(b"GET /" + b"a" * 9_000 + b" HTTP/1.1"),
            "an address with a space": get(b"GET /a b HTTP/1.1"),
            "an address with letters beyond ASCII": get("GET /ä HTTP/1.1".encode()),
            "another's address": get(b"GET http://evil.example/ HTTP/1.1"),
            "CONNECT": get(b"CONNECT evil.example:443 HTTP/1.1"),
            "TRACE": get(b"TRACE / HTTP/1.1"),
            "OPTIONS *": get(b"OPTIONS * HTTP/1.1"),
            "two hosts": get(b"GET / HTTP/1.1", b"Host: evil.example\r\n"),
            "no host": b"GET / HTTP/1.1\r\n" + end,
            "200 headers": get(b"GET / HTTP/1.1", b"".join(b"X-%d: x\r\n" % n for n in range(200))),
            "a header of 20,000 letters": get(b"GET / HTTP/1.1", b"X: " + b"x" * 20_000 + b"\r\n"),
            "a header without a colon": get(b"GET / HTTP/1.1", b"nonsense\r\n"),
            "a header with a space in its name": get(b"GET / HTTP/1.1", b"X Y: x\r\n"),
            "a header with a null": get(b"GET / HTTP/1.1", b"X: a\0b\r\n"),
            "a folded header": get(b"GET / HTTP/1.1", b"X: a\r\n b\r\n"),
            "line feeds alone": b"GET / HTTP/1.1\n" + host.replace(b"\r", b"") + b"\n",
            "an upgrade": get(b"GET / HTTP/1.1", b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
            "a web socket": get(b"GET / HTTP/1.1", b"Upgrade: websocket\r\n"),
            "an expectation": post + b"Expect: nonsense\r\nContent-Length: 2\r\n" + end + b"{}",
            "50 at once": get(b"GET /healthz HTTP/1.1").replace(b"close", b"keep-alive") * 50,
        }.items()
    )
    lengths = (b"-1", b"+5", b"abc", b"1e3", b"9" * 40, b"5, 5", b"0x10", b"\xb2", b"1_0")
    for length in lengths:
        yield Hostile(
            f"a length of {length[:9]!r}", post + b"Content-Length: " + length + b"\r\n" + end
        )
    smuggled = b"0\r\n\r\nGET /admin HTTP/1.1\r\n" + host + b"\r\n"
    for name, headers in {
        "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "two lengths": b"Content-Length: 0\r\nContent-Length: 44\r\n",
        "chunks twice": b"Transfer-Encoding: chunked, chunked\r\n",
        "unknown chunks": b"Transfer-Encoding: xchunked\r\n",
        "chunks with a space": b"Transfer-Encoding : chunked\r\n",
        "chunks with a tab": b"Transfer-Encoding:\tchunked\r\n",
        "no chunks after all": b"Transfer-Encoding: identity, chunked\r\n",
    }.items():
        yield Hostile(f"smuggled: {name}", post + headers + end + smuggled)
    chunked = post + b"Transfer-Encoding: chunked\r\n" + end
    for name, body in {
        "no number": b"zz\r\n{}\r\n0\r\n\r\n",
        "a negative one": b"-2\r\n{}\r\n0\r\n\r\n",
        "a huge one": b"f" * 30 + b"\r\n{}\r\n",
        "a huge extension": b"2;" + b"x" * 100_000 + b"\r\n{}\r\n0\r\n\r\n",
        "100,000 of a byte": b"1\r\n \r\n" * 100_000 + b"0\r\n\r\n",
        "a huge trailer": b"2\r\n{}\r\n0\r\n" + b"X: x\r\n" * 20_000 + b"\r\n",
    }.items():
        yield Hostile(f"chunks: {name}", chunked + body)


def _large(one: Intruder, rules: Sequence[str]) -> Iterator[Hostile]:
    """5 MB to every address, whether it takes a body or not."""
    body = b'{"x":"' + b"x" * MEGABYTES_5 + b'"}'
    for rule in rules:
        yield Hostile(f"5 MB to {rule}", one.request("POST", _filled(rule), body))
    form = "application/x-www-form-urlencoded"
    packed = gzip.compress(bytes(MEGABYTES_5))
    parts = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%d"\r\n\r\nx\r\n' % n for n in range(20_000)
    )
    yield from (
        Hostile(name, data)
        for name, data in {
            "a million fields": one.request("POST", "/login", b"a=b&" * 1_250_000, form),
            "20,000 parts": one.request("POST", "/login", parts, "multipart/form-data; boundary=b"),
            "a bomb": one.request("POST", CALLBACK, packed, Content_Encoding="gzip"),
            "5 MB of brackets": one.request("POST", CALLBACK, b"[" * MEGABYTES_5),
            "99 kB of brackets": one.request("POST", CALLBACK, b"[" * 99_000),
            "99 kB of objects": one.request("POST", CALLBACK, b'{"a":' * 19_000),
            "99 kB of digits": one.request("POST", CALLBACK, b"1" * 99_000),
        }.items()
    )


def _filled(rule: str) -> str:
    parts = [each.rpartition(">")[2] for each in rule.split("<")]
    return "x".join(parts)


def _questions(one: Intruder) -> Iterator[Hostile]:
    """Each odd value in one of the places in turn, and a few in all of them."""
    for number, value in enumerate(ODD):
        for place in QUESTIONS if value in ("%00", "..%2f..%2fetc%2fpasswd") else ():
            yield Hostile(f"{place}{value}", one.request("GET", place + value))
        for turn in range(2):
            place = QUESTIONS[(number + turn * 3) % len(QUESTIONS)]
            yield Hostile(f"{place}{value[:30]}", one.request("GET", place + value))


def _callbacks(one: Intruder) -> Iterator[Hostile]:
    """To the dashboard: forged ids, wrong types, somebody else's background jobs."""

    def sent(body: Json, query: str = "") -> bytes:
        return one.request("POST", CALLBACK + query, json.dumps(body).encode())

    for asked in one.asks:
        good = _as_a_page_asks(asked)
        for name, change in _FORGERIES.items():
            yield Hostile(f"{asked['output'][:40]}: {name}", sent(change(good)))
    question = next(each for each in one.asks if each["output"] == "export-answer.data")
    good = _as_a_page_asks(question)
    for query in (
        "?cacheKey=..%2f..%2fstate.sqlite&job=1",
        "?cacheKey=x&job=-1",
        "?cacheKey=x&job=0",
        "?job=1&cancelJob=1",
        "?cancelJob=1&cancelJob=-1",
        "?cacheKey=%00&job=%00",
        "?cacheKey=" + "a" * 64 + "&job=" + "9" * 30,
        "?oldJob=1&oldJob=2",
    ):
        yield Hostile(f"background: {query[:30]}", sent(good, query))
    for body in (b"", b"null", b"[]", b"0", b'"x"', b"{", b"\xff\xfe", b'{"output":null}', b"NaN"):
        yield Hostile(f"callback: {body!r}", one.request("POST", CALLBACK, body))


def _as_a_page_asks(asked: Mapping[str, Json]) -> dict[str, Json]:
    output = asked["output"]
    outputs = [
        dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
        for each in output.strip(".").split("...")
    ]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": [{**each, "value": None} for each in asked["inputs"]],
        "changedPropIds": [f"{each['id']}.{each['property']}" for each in asked["inputs"]],
    }


def _valued(value: Json) -> Callable[[dict[str, Json]], Json]:
    return lambda good: good | {"inputs": [each | {"value": value} for each in good["inputs"]]}


_FORGERIES: Mapping[str, Callable[[dict[str, Json]], Json]] = {
    "a number": _valued(10**400),
    "a text": _valued("\ud800\0" * 500),
    "a list in a list": _valued([[[[{"a": [None]}]]]]),
    "a prototype": _valued({"__proto__": {"query": "x"}, "query": {"$ne": None}}),
    "a query that is none": _valued({"query": ["?"], "start": {}, "token": -1, "deed": "x"}),
    "another output": lambda good: good | {"output": "admin.children"},
    "a pattern as the output": lambda good: good | {"output": '{"type":["ALL"]}.children'},
    "a pattern as an id": lambda good: (
        good | {"inputs": [{"id": {"type": "x", "index": ["ALL"]}, "property": "y", "value": 1}]}
    ),
    "another's outputs": lambda good: good | {"outputs": {"id": "page", "property": "children"}},
    "no inputs": lambda good: good | {"inputs": []},
    "a thousand inputs": lambda good: good | {"inputs": good["inputs"] * 1_000},
    "a state": lambda good: good | {"state": [{"id": "x", "property": "y", "value": "z"}]},
    "a changed part that is none": lambda good: good | {"changedPropIds": [{"x": 1}]},
}


def _in_disguise(one: Intruder) -> Iterator[Hostile]:
    """As somebody else, from somewhere else, or by another name."""

    def get(target: str, **headers: str) -> bytes:
        return one.request("GET", target, b"", "", **headers)

    secret = "/api/alerts/config"
    for name, headers in {
        "no cookie": {"Cookie": ""},
        "a cookie without a signature": {"Cookie": "dbspend360=eyJ3aG8iOiJib2IifQ.Z.x"},
        "a cookie of nothing": {"Cookie": "dbspend360=; =; ;;"},
        "8,000 letters of cookie": {"Cookie": "dbspend360=" + "x" * 8_000},
        "an unsigned token": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ."},
        "a token of ours, nearly": {"Authorization": f"Bearer dbs_{'0' * 16}_{'x' * 43}"},
        "a token of 8,000 letters": {"Authorization": "Bearer " + "x" * 8_000},
        "a password": {"Authorization": "Basic Ym9iOmJvYg==", "Cookie": ""},
        "a proxy's word": {"X-Forwarded-Email": "bob", "X-Forwarded-User": "bob", "Cookie": ""},
        "a proxy's address": {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1;by=x"},
        "another host": {"Host": "evil.example"},
        "a method beside the method": {"X-HTTP-Method-Override": "DELETE"},
        "ranges": {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(1_000))},
        "a type that is none": {"Accept": ",;q=,\xff/*" * 50},
        "tags": {"If-None-Match": "W/" * 1_000},
        "a date that is none": {"If-Modified-Since": "yesterday"},
    }.items():
        yield Hostile(f"disguised: {name}", get(secret, **headers))
    body = json.dumps({"threshold_amount": 1, "updated_at": None}).encode()
    for name, origin in {
        "evil": "https://evil.example",
        "null": "null",
        "a port": f"http://{one.host}1",
        "TLS": f"https://{one.host}",
        "ours, nearly": f"http://{one.host}.evil.example",
    }.items():
        yield Hostile(
            f"foreign page: {name}",
            one.request("PUT", secret, body, Origin=origin, Sec_Fetch_Site="cross-site"),
        )
