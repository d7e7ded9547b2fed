import re

import pytest
from dash import dcc, html
from page_driver import MakePage
from spend_records import record

from dbspend360.dashboard import page as dashboard
from dbspend360.dashboard.shell import shell

PAGES = ["/", "/alerts", "/reports", "/job/1"]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_shows_its_shape_before_its_scripts_have_come(page: MakePage, address: str) -> None:
    text = page(record()).client.get(address).get_data(as_text=True)
    found = re.search(
        r'<div id="shell" inert aria-hidden="true">(.*)</div>\s*<div id="react', text, re.S
    )
    assert found
    assert "DBSpend360" in found[1]
    assert " id=" not in found[1]
    assert "<script" not in found[1]
    assert found[1].count("<div") == found[1].count("</div>")


def test_what_waits_on_the_dashboard_is_there_at_once() -> None:
    text = shell(dashboard.layout())
    for words in ("Total spend", "Spend per day", "Top jobs", "What changed", "Last 30 days"):
        assert words in text
    assert text.count("skeleton--number") == 6
    assert "modal" not in text


def test_no_text_becomes_markup() -> None:
    evil = '<img src=x onerror="x()">'
    text = shell(html.Div([evil, html.B(evil)], className=evil, title=evil))
    assert "<img" not in text
    assert text.count("&lt;img") == 4


def test_nothing_is_shown_for_what_nobody_sees() -> None:
    assert shell([None, dcc.Store(id="a"), html.Div()]) == "<div></div>"
    assert shell(3) == "3"


def test_places_keep_their_size() -> None:
    chart = dcc.Graph(id="chart", className="chart", style={"height": 270, "width": None})
    assert shell(chart) == '<div class="chart" style="height:270px"></div>'
