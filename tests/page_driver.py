"""The page without a browser: asks its callbacks as the browser does and reads the answers."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from spend_records import TODAY
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from dbspend360.app import create_app
from dbspend360.settings import Settings
from dbspend360.signin.csrf import COOKIE, HEADER
from dbspend360.signin.gate import Identify
from dbspend360.warehouse.base import Warehouse

Json = Any


def app_of(
    folder: Path,
    *,
    today: date = TODAY,
    warehouse: Warehouse | None = None,
    ways: Sequence[Identify] | None = None,
    **settings: Any,
) -> Flask:
    """The app over a data folder; it remembers nothing unless told to."""
    chosen = Settings.model_validate({"data_dir": folder, "cache_seconds": 0, **settings})
    server = create_app(chosen, warehouse, today=lambda: today, ways=ways)
    server.test_client_class = Browser
    return server


class Browser(FlaskClient):
    """Sends back the token of its cookie, as the scripts of a page do."""

    def open(self, *args: Any, **kw: Any) -> TestResponse:
        cookie = self.get_cookie(COOKIE)
        if cookie and args and isinstance(args[0], str):
            kw["headers"] = Headers(kw.get("headers"))
            kw["headers"].setdefault(HEADER, cookie.value)
        return super().open(*args, **kw)


class Page:
    """One visitor of the page below `root`."""

    def __init__(self, server: Flask, root: str = "/") -> None:
        self.client: FlaskClient = server.test_client()
        self.root = root
        self.folder = Path()  # of its data, where a test wants to change that
        found = self.client.get(f"{root}_dash-dependencies").get_json()
        self.callbacks: list[dict[str, Json]] = found

    def post(self, source: str, value: Json) -> TestResponse:
        """The raw answer of the server callback that listens to `source` ("id.property")."""
        name, attribute = source.split(".")
        [callback] = [
            each
            for each in self.callbacks
            if not each["clientside_function"]
            and {"id": name, "property": attribute} in each["inputs"]
        ]
        outputs = [
            dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
            for each in callback["output"].strip(".").split("...")
        ]
        many = callback["output"].startswith("..")
        body = {
            "output": callback["output"],
            "outputs": outputs if many else outputs[0],
            "inputs": [{"id": name, "property": attribute, "value": value}],
            "changedPropIds": [source],
        }
        return self.client.post(
            f"{self.root}_dash-update-component",
            data=json.dumps(body),
            content_type="application/json",
        )

    def answer(self, source: str, value: Json) -> dict[str, Json]:
        """What the answer sets, as `{id: {property: value}}`."""
        response = self.post(source, value)
        assert response.status_code == 200, response.get_data(as_text=True)[:500]
        answer: dict[str, Json] = unfolded(json.loads(response.get_data())["response"])
        return answer

    def overview(self, query: str = "", *, forget: bool = False) -> dict[str, Json]:
        return self.answer("view.data", {"query": query, "again": 0, "forget": forget})

    def cards(self, query: str = "") -> dict[str, str]:
        """`data-value` of each card, by id."""
        drawn = self.overview(query)["cards"]["children"]
        return {each["props"]["id"]: each["props"]["data-value"] for each in drawn}

    def rows(self, query: str = "", *, start: Json = 0, end: Json = 200) -> dict[str, Json]:
        asked = {"query": query, "start": start, "end": end, "token": 7}
        answer: dict[str, Json] = self.answer("rows-question.data", asked)["rows-answer"]["data"]
        return answer

    def breakdown(self, run: Json, query: Json = "") -> dict[str, Json]:
        return self.answer("run-question.data", {"run": run, "query": query, "again": 0})

    # The page /alerts

    def alerts(self) -> "Page":
        """The same visitor on the page with the alerts."""
        found = Page(self.client.application, "/alerts/")
        found.folder = self.folder
        return found

    def inbox(self, incident: Json = "", **deed: Json) -> dict[str, Json]:
        asked = {"incident": incident, "deed": deed or None}
        return self.answer("inbox-question.data", asked)

    def config(self, **asked: Json) -> dict[str, Json]:
        return self.answer("config-question.data", asked)

    def trial(self, form: Json) -> dict[str, Json]:
        return self.answer("trial-question.data", {"form": form, "token": 7})


MakePage = Callable[..., Page]


def as_json(drawn: Any) -> Json:
    """A tree of components as the browser gets it."""
    return json.loads(json.dumps(drawn, default=lambda each: each.to_plotly_json()))


def unfolded(drawn: Json) -> Json:
    """With what is one component for Dash as the elements that it holds."""
    if isinstance(drawn, list):
        return [unfolded(each) for each in drawn]
    if isinstance(drawn, dict):
        if drawn.get("namespace") == "dbspend360":
            return unfolded(drawn["props"]["tree"])
        return {name: unfolded(value) for name, value in drawn.items()}
    return drawn


def elements(drawn: Any) -> Iterator[dict[str, Json]]:
    """Every component of a tree, with its `type` and `props`, parents first."""
    tree = as_json(drawn)
    if isinstance(tree, list):
        for each in tree:
            yield from elements(each)
    elif isinstance(tree, dict):
        if "props" in tree and "type" in tree:
            yield tree
            for value in tree["props"].values():
                yield from elements(value) if isinstance(value, dict | list) else ()
        else:
            for value in tree.values():
                yield from elements(value) if isinstance(value, dict | list) else ()


def words(drawn: Any) -> str:
    """All the text of a tree, as one line."""
    return " ".join("".join(_texts(as_json(drawn))).split())


def _texts(tree: Json) -> Iterator[str]:
    if isinstance(tree, str | int | float):
        yield str(tree)
    elif isinstance(tree, list):
        for each in tree:
            yield from _texts(each)
    elif isinstance(tree, dict):
        yield from _texts(tree.get("props", tree).get("children"))
        yield "" if tree.get("type") in ("Span", "Strong", "Code") else " "
