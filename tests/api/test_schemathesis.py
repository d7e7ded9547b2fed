"""Thousands of requests made from the description: what comes back is always described."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from api_driver import Api, described_api
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis import Response
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from dbspend360.api import joined
from dbspend360.api.openapi import document
from dbspend360.api.reading import Reader
from dbspend360.models.columns import Grouping, column
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

Case = Any  # schemathesis.Case, which is generic in nothing that matters here

EXAMPLES = 200  # of each address, beside the systematic ones

# What no schema can say: that two parameters do not go together.
TOGETHER = re.compile(
    r"is after end_date|choose at most|is before there was any cloud|there is no column|"
    r"does not go with|needs a (number|day)|is not used, because|goes with JSON only"
)


def _description() -> dict[str, Any]:
    spend = SpendRepository(EmbeddedWarehouse(Path("nowhere")))
    reader = Reader(spend, date.today)
    return document(joined.operations(spend, reader, date.today, date.today))


# Days near the data: any two days at all are nearly always too far apart.
schemathesis.openapi.format("date", st.dates(date(2026, 10, 20), date(2026, 11, 30)).map(str))


def _described(**generation: Any) -> BaseSchema:
    # `refuses_only_what_does_not_go_together` says when good data may be refused.
    checks = {"positive_data_acceptance": {"enabled": False}}
    made = {"deterministic": True, **generation}
    config = SchemathesisConfig.from_dict({"checks": checks, "generation": made})
    return schemathesis.openapi.from_dict(_description(), config=config)


every_request = _described()
good_requests = _described(mode="positive")

thousands = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return described_api(tmp_path_factory.mktemp("described") / "data")


def answered(case: Case, api: Api, **headers: str) -> Response:
    # Its WSGI client asks for compression, but does not undo it.
    plain = {"Accept-Encoding": "identity", **headers}
    response: Response = case.call_and_validate(app=api.client.application, headers=plain)
    return response


@every_request.parametrize()
@thousands
def test_every_answer_is_as_described(case: Case, api: Api) -> None:
    refuses_only_what_does_not_go_together(case, answered(case, api))


@good_requests.parametrize()
@thousands
def test_whatever_goes_together_is_answered(case: Case, api: Api) -> None:
    case.query = going_together(case.query)
    found = answered(case, api)
    assert found.status_code in (200, 404), found.text
    if case.path == "/api/job-spends" and not {"page", "per_page"} & set(case.query):
        for media in ("text/csv", "application/x-ndjson"):
            assert answered(case, api, Accept=media).status_code == 200


def refuses_only_what_does_not_go_together(case: Case, response: Response) -> None:
    """Like schemathesis' own check, for parameters that depend on each other."""
    if response.status_code == 400 and case.meta and case.meta.generation.mode.is_positive:
        assert TOGETHER.search(response.json()["error"]["message"]), response.text


def going_together(query: dict[str, Any] | None) -> dict[str, Any]:
    """The same without what depends on another parameter, days in their order."""
    found = dict(query or {})
    if {"start_date", "end_date"} & set(found):
        found.pop("preset", None)
    if {"start_date", "end_date"} <= set(found):
        found["start_date"], found["end_date"] = sorted((found["start_date"], found["end_date"]))
    grouping = Grouping(found.get("group_by", Grouping.RUN))
    if column(grouping, str(found.get("sort", "")).removeprefix("-")) is None:
        found.pop("sort", None)
    found.pop("where", None)
    return found
