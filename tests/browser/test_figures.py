"""The page shows what the records add up to, by the sums of the shared file."""

import json
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from browser.screen import Screen

EXPECTED = json.loads(
    (Path(__file__).parent.parent / "data" / "job_spends.expected.json").read_text("utf-8")
)
ALL_DAYS = f"?start_date={EXPECTED['first']}&end_date={EXPECTED['last']}"


def money(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", "").replace("−", "-"))


def check_cards(screen: Screen, expected: dict[str, Any]) -> None:
    assert Decimal(screen.card("total-spend")) == Decimal(expected["total"])
    assert screen.card("jobs") == str(expected["total_jobs"])
    assert screen.card("runs") == str(expected["total_runs"])
    databricks, ec2 = screen.card("split").split(";")
    assert (Decimal(databricks), Decimal(ec2)) == (
        Decimal(expected["databricks"]),
        Decimal(expected["ec2"]),
    )
    if expected["max_run"] is None:
        assert screen.card("average-run") == screen.card("highest-run") == ""
    else:
        assert Decimal(screen.card("highest-run")) == Decimal(expected["max_run"])
        average = Decimal(screen.card("average-run"))
        assert abs(average - Decimal(expected["avg_per_run"])) < Decimal("1e-20")


def test_the_default_view_is_the_last_30_days_of_the_data(screen: Screen) -> None:
    screen.open()
    check_cards(screen, EXPECTED["last30"])
    card = screen.page.locator("#card-total-spend")
    before = money(EXPECTED["prev30"]["total"])
    assert f"${before:,.2f}" in card.inner_text()
    growth = (Decimal(EXPECTED["last30"]["total"]) / before - 1) * 100
    assert f"▲ {growth:.1f} %" in card.inner_text()
    unknown = EXPECTED["last30"]["unknown_ec2_records"]
    assert (
        f"{unknown:,} records have no EC2 cost yet"
        in screen.page.locator("#card-split").inner_text()
    )


def test_the_total_row_is_the_whole_view_in_every_grouping(screen: Screen) -> None:
    screen.open(ALL_DAYS)
    check_cards(screen, EXPECTED["all"])
    columns = {"ec2_cost": "ec2", "databricks_cost": "databricks", "total_cost": "total"}
    cents = {
        column: Decimal(EXPECTED["all"][name]).quantize(Decimal("0.01"))
        for column, name in columns.items()
    }
    for by in ("Job", "Cluster", "Day", "Record", "Run"):
        screen.do(screen.page.locator("#filter-group").get_by_text(by, exact=True).click)
        total = screen.total_row()
        assert {column: money(total[column]) for column in columns} == cents


def test_a_typed_part_of_a_name_finds_its_jobs(screen: Screen) -> None:
    screen.open(ALL_DAYS)
    search = screen.page.locator("#filter-job")
    for name, expected in EXPECTED["named"].items():
        screen.do(partial(search.fill, name))
        check_cards(screen, expected)


def test_one_day_and_the_chart_of_days(screen: Screen) -> None:
    last = EXPECTED["last"]
    screen.open(f"?start_date={last}&end_date={last}")
    check_cards(screen, EXPECTED["one_day"])
    screen.open()
    bars = screen.page.evaluate(
        "document.querySelector('#chart-trend .js-plotly-plot').data"
        ".filter(trace => trace.type === 'bar').map(trace => [trace.x, trace.customdata])"
    )
    drawn = {
        day: (money(ec2), money(databricks))
        for day, databricks, ec2 in zip(bars[0][0], bars[0][1], bars[1][1], strict=True)
    }
    cent = Decimal("0.01")
    assert drawn == {
        day: (Decimal(ec2).quantize(cent), Decimal(databricks).quantize(cent))
        for day, (ec2, databricks) in EXPECTED["last30"]["days"].items()
    }


def test_the_top_jobs_are_the_dearest_ones(screen: Screen) -> None:
    screen.open()
    rows = screen.page.locator("#chart-top-jobs a[data-value]")
    shown = [Decimal(row.get_attribute("data-value") or "") for row in rows.all()]
    assert len(shown) == 10
    expected = [Decimal(cost) for _, _, cost in EXPECTED["last30"]["top_jobs"]]
    assert shown[: len(expected)] == expected


def test_a_day_that_stands_alone_has_bars_to_be_seen(screen: Screen) -> None:
    day = EXPECTED["last"]
    screen.open(f"?start_date={day}&end_date={day}")
    bars = screen.page.locator("#chart-trend .bars .point path")
    bars.first.wait_for(state="attached")
    boxes = [each.bounding_box() for each in bars.all()]
    assert max(each["width"] for each in boxes if each) > 100
