"""What linters cannot know."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from page_driver import MakePage, Page, elements
from spend_records import record

from dbspend360.dashboard import alerts_page, ids, job_page, reports_page
from dbspend360.dashboard.page import layout
from dbspend360.pages import assets_folder

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "dbspend360").rglob("*.py"))
ASSETS = sorted(
    path
    for path in assets_folder().rglob("*")
    if path.suffix in (".css", ".js") and "vendor" not in path.parts
)
LAYOUTS = {
    "/": layout,
    "/alerts/": alerts_page.layout,
    "/reports/": reports_page.layout,
    "/jobs/": job_page.layout,
}
EVERY_ID = {name: value for name, value in vars(ids).items() if name.isupper()}
PROMISED = [
    "card-total-spend",
    "card-jobs",
    "card-runs",
    "card-average-run",
    "card-highest-run",
    "card-split",
    "filter-dates",
    "filter-job",
    "filter-group",
    "chart-trend",
    "chart-top-jobs",
    "spend-grid",
    "breakdown-modal",
    "breakdown-pie",
    "messages",
]


def ids_in(drawn: Any) -> list[str]:
    return [each["props"]["id"] for each in elements(drawn) if "id" in each["props"]]


@pytest.fixture
def visitor(page: MakePage) -> Page:
    return page(record())


@pytest.fixture(params=LAYOUTS)
def of_page(visitor: Page, request: pytest.FixtureRequest) -> Page:
    return Page(visitor.client.application, request.param)


# Ids


def test_no_id_is_used_twice() -> None:
    for each in LAYOUTS.values():
        assert [name for name, times in Counter(ids_in(each())).items() if times > 1] == []
    assert len(set(EVERY_ID.values())) == len(EVERY_ID)


def test_every_id_is_in_a_layout() -> None:
    there = {name for each in LAYOUTS.values() for name in ids_in(each())}
    assert set(EVERY_ID.values()) - there == set()


def test_the_promised_ids_are_there_after_drawing(visitor: Page) -> None:
    overview = visitor.overview()
    drawn = Counter(ids_in(overview["cards"]["children"]))
    replaced = set(ids_in(layout())) - {name for name in PROMISED if name.startswith("card-")}
    assert set(PROMISED) <= replaced | set(drawn)
    assert set(drawn.values()) == {1}


@pytest.mark.parametrize("side", ["/alerts/", "/reports/"])
def test_the_dashboard_holds_nothing_of_the_pages_beside_it(side: str) -> None:
    both = set(ids_in(layout())) & set(ids_in(LAYOUTS[side]()))
    themes = {"theme-light", "theme-dark", "theme-system"}
    help_ = {"keys", "keys-title", "content"}
    shared = {*themes, *help_, "bell", "toast", "connection"}
    assert both - {"theme", "definitions"} == shared


def test_what_a_callback_draws_has_no_id_of_the_layout(visitor: Page) -> None:
    cards = {name for name in PROMISED if name.startswith("card-")}
    drawn = [visitor.overview(), visitor.overview("job_id=1"), visitor.breakdown("1")]
    for answer in drawn:
        found = [name for part in answer.values() for name in ids_in(part)]
        assert set(found) & (set(ids_in(layout())) - cards) == set()


# Callbacks


def wires(callback: dict[str, Any]) -> list[str]:
    parts = [*callback["inputs"], *callback["state"]]
    return [f"{each['id']}.{each['property']}" for each in parts]


def outputs(callback: dict[str, Any]) -> list[str]:
    return [each for each in callback["output"].strip(".").split("...") if "." in each]


def test_every_output_has_one_writer(of_page: Page) -> None:
    written = Counter(each for callback in of_page.callbacks for each in outputs(callback))
    assert written
    assert [each for each, writers in written.items() if writers > 1] == []
    assert not [each for each in written if "@" in each]  # how Dash marks allow_duplicate


def test_every_wire_ends_at_something_in_the_layout(of_page: Page) -> None:
    there = set(ids_in(LAYOUTS[of_page.root]()))
    for callback in of_page.callbacks:
        for wire in wires(callback) + outputs(callback):
            assert wire.split(".")[0] in there, wire


def test_every_clientside_function_is_in_the_assets(of_page: Page) -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in ASSETS if path.suffix == ".js")
    for callback in of_page.callbacks:
        if function := callback["clientside_function"]:
            room, name = function["namespace"], function["function_name"]
            offered = rf"dash_clientside\.{room} = {{[^}}]*\b{name}\b"
            assert re.search(offered, scripts), function


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_global_callback_and_no_second_writer(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "allow_duplicate" not in text
    assert not re.search(r"^\s*@callback|from dash import .*\bcallback\b", text, re.MULTILINE)


# Nothing from elsewhere

FOREIGN = re.compile(
    r"https?://(?!localhost|127\.0\.0\.1|www\.w3\.org/)[^\s\"'`)>]+|[\"'(]//[\w.]+\.\w"
)


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.name)
def test_our_assets_name_no_foreign_address(path: Path) -> None:
    assert FOREIGN.findall(path.read_text(encoding="utf-8")) == []


def test_the_page_names_no_foreign_address(of_page: Page) -> None:
    html = of_page.client.get(of_page.root).get_data(as_text=True)
    assert "<footer>" in html
    assert FOREIGN.findall(html) == []


def test_the_layout_names_no_foreign_address(of_page: Page) -> None:
    text = of_page.client.get(f"{of_page.root}_dash-layout").get_data(as_text=True)
    assert FOREIGN.findall(text) == []


@pytest.mark.parametrize("side", ["/alerts", "/reports", "/job/71"])
def test_other_pages_load_the_scripts_that_the_browser_already_has(
    visitor: Page, side: str
) -> None:
    html = visitor.client.get(side).get_data(as_text=True)
    scripts = re.findall(r'<script src="([^"]+)"', html)
    assert len(scripts) > 5
    for each in scripts:
        assert each.startswith(("/_dash-component-suites/", "/assets/", "/bundle/")), each
        with visitor.client.get(each) as answer:
            assert answer.status_code == 200, each


@pytest.mark.parametrize(
    "text", ["https://cdn.example/x.js", "url(//cdn.example/x.css)", 'src="http://a.b"']
)
def test_a_foreign_address_would_be_noticed(text: str) -> None:
    assert FOREIGN.search(text)


# SQL has one home


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_sql_stands_only_in_the_warehouse(path: Path) -> None:
    if "warehouse" in path.parts:
        return
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bSELECT\b[^\"']*\bFROM\b|\bINSERT INTO\b", text)


def test_nothing_is_left_to_do_in_the_code() -> None:
    for path in [*SOURCES, *(each for each in ASSETS if each.suffix in (".js", ".css"))]:
        assert not re.search(r"\b(TODO|FIXME|XXX)\b", path.read_text(encoding="utf-8")), path
