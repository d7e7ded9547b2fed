"""No answer is larger than a process can hold: each has a bound, or is streamed."""

from datetime import date
from decimal import Decimal

import pytest
import sqlglot
from spend_records import MakeSpend, record, view
from sqlglot import exp
from store.duck_warehouse import TABLE, DuckWarehouse
from test_questions import NAMES, QUESTIONS

from dbspend360.errors import StoreError, TooLarge
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.view_state import MAX_DAYS
from dbspend360.services import look
from dbspend360.services.wide_costs import WideCosts
from dbspend360.warehouse import app_configs, judged
from dbspend360.warehouse.app_configs import AppConfigsTable
from dbspend360.warehouse.base import Question
from dbspend360.warehouse.questions import question

# A row for each of the two periods, or for each day of a view, which has at most MAX_DAYS.
FEW_ROWS = {"period_summary": 2, "daily_spend": 2 * MAX_DAYS}
# Relations: other questions stand on their rows, nobody asks for them.
RELATIONS = {
    *("chosen_days", "chosen_job_days", "chosen_spends", "period_highest", "period_runs"),
    *("cost_norms", "judged_costs", "judged_spends", "latest_names", "observed"),
    "job_costs_before",
    *(name for name in NAMES if name.startswith("spend_by_") or name == "period_sums"),
}


def is_one_row(statement: exp.Expr) -> bool:
    return isinstance(statement, exp.Select) and (
        not statement.args.get("group")
        and all(each.find(exp.AggFunc) for each in statement.expressions)
    )


def is_bounded(text: str) -> bool:
    statement = sqlglot.parse_one(text, dialect="databricks")
    return bool(statement.args.get("limit")) or is_one_row(statement)


@pytest.mark.parametrize(
    "asked",
    [each for each in QUESTIONS if each.name.split(" without ")[0] not in RELATIONS],
    ids=lambda each: each.name,
)
def test_every_question_about_spends_has_few_rows(asked: Question) -> None:
    name = asked.name.split(" without ")[0]
    if name in ("overview", "overview_and_month"):  # their answers below each other, days last
        for part, columns in (("period_summary", "shown"), ("daily_spend", "usage_date")):
            assert f"{columns} AS {part}_{columns}" in asked.text
        assert asked.text.count("LIMIT :most_jobs") == 1
        assert asked.text.count("place <= :most_changes") == 1
    elif name.endswith(".first"):  # one row of sums, beside each of the first rows
        assert asked.text.count("LIMIT :first_rows") == 1
    elif name == "job_changes":  # of each way; the others are one row
        assert asked.text.count("place <= :most") == 1
    elif name == "runs_of_job":
        assert asked.text.count("LIMIT :most") == 1
    else:
        assert name in FEW_ROWS or is_bounded(asked.text)


@pytest.mark.parametrize("name", ["get", "of_user", "with_key"])
def test_every_question_about_settings_has_a_bound(name: str) -> None:
    text = question(f"app_configs/{name}").text
    assert is_bounded(text) or "config_key = :config_key" in text


def test_rules_that_too_much_crosses_are_said_and_asked_for_once(
    spend: MakeSpend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (judged, look):
        monkeypatch.setattr(module, "MOST_STRIKING", 1)
    monkeypatch.setattr(judged, "MOST_CROSSING", 2)
    costs = WideCosts(spend(record(run="1"), record(run="2"), record(run="3", ec2="50")))
    days = (view().start_date, view().end_date)
    cent = AlertConfig(threshold_amount=Decimal("0.01"))
    with pytest.raises(TooLarge, match=r"More than 2 runs and days from .* Raise the thresholds"):
        costs.crossed(*days, cent, date.max)
    monkeypatch.setattr(judged, "MOST_CROSSING", 4)
    with pytest.raises(TooLarge):  # of the same data: it was not asked again
        costs.crossed(*days, cent, date.max)
    dear = AlertConfig(threshold_amount=Decimal(50))
    found = costs.crossed(*days, dear, date.max).value
    assert [each.observed.run_id for each in found] == [None, "3"]  # the day, and the run


def test_too_many_settings_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = DuckWarehouse()
    table = AppConfigsTable(warehouse, TABLE)
    table.prepare()
    for n in range(3):
        table.put("ada", f"k{n}", "1", seen=None)
    assert len(table.of_user("ada")) == 3
    monkeypatch.setattr(app_configs, "MOST_SETTINGS", 2)
    with pytest.raises(StoreError, match="keep them in PostgreSQL"):
        table.of_user("ada")
    with pytest.raises(StoreError, match="keep them in PostgreSQL"):
        table.with_key("k")
    warehouse.close()
