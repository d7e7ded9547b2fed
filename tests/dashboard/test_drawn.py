import threading
from functools import partial
from typing import Any

from dash import html
from page_driver import MakePage
from spend_records import record

from dbspend360.dashboard.drawn import Drawn, plain
from dbspend360.dashboard.elements import data

MANY = [*range(5)] * 60


def test_what_was_drawn_is_not_drawn_again() -> None:
    drawn = Drawn()
    times: list[int] = []

    def draw() -> Any:
        times.append(1)
        return {"cards": [html.P("$1", className="number")], "figure": {"y": (1.5, None)}}

    first = drawn.once(("view", 1), draw)
    assert drawn.once(("view", 1), draw) is first
    assert drawn.once(("view", 2), draw) == first
    assert drawn.once(None, draw) != first  # components, as they are
    assert len(times) == 3


def test_it_is_what_a_page_would_have_got() -> None:
    parts = [html.Div([html.B("a"), None, 3], **data(value="1.50")), "text"]
    assert plain(parts) == [
        {
            "props": {
                "children": [
                    {"props": {"children": "a"}, "type": "B", "namespace": "dash_html_components"},
                    None,
                    3,
                ],
                "data-value": "1.50",
            },
            "type": "Div",
            "namespace": "dash_html_components",
        },
        "text",
    ]


def test_the_oldest_drawing_goes() -> None:
    drawn = Drawn(most=2)
    for key in (1, 2, 1, 3):
        drawn.once(key, lambda: object())
    kept = {key: drawn.once(key, lambda: "anew") for key in (1, 3, 2)}
    assert kept[1] != "anew"
    assert kept[3] != "anew"
    assert kept[2] == "anew"


def test_many_at_once_get_the_same() -> None:
    drawn = Drawn(most=3)
    found: list[bool] = []

    def ask() -> None:
        found.extend(drawn.once(each, partial(dict, n=each))["n"] == each for each in MANY)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 2400
    assert all(found)


def test_a_page_that_is_asked_for_again_is_the_same_and_another_is_not(page: MakePage) -> None:
    visitor = page(record("2026-03-05", "r1", ec2="1"), record("2026-03-06", "r2", ec2="2"))
    one = visitor.overview("?start_date=2026-03-05&end_date=2026-03-05")
    again = visitor.overview("?start_date=2026-03-05&end_date=2026-03-05")
    other = visitor.overview("?start_date=2026-03-06&end_date=2026-03-06")
    assert again["cards"] == one["cards"]
    assert other["cards"] != one["cards"]
