"""Thousands of requests made from the description: what comes back is always described."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from api_driver import Api, described_api
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from page_driver import app_of
from schemathesis import Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NOT_SET
from schemathesis.schemas import BaseSchema

from dbspend360.models.columns import Grouping, column

Case = Any  # schemathesis.Case, which is generic in nothing that matters here

DAY = timedelta(days=1)
EXAMPLES = 200  # of each address, beside the systematic ones

# What no schema can say: that two parameters or two fields do not go together, what a link may ask
# for, and which time zones there are.
TOGETHER = re.compile(
    r"is after end_date|choose at most|is before there was any cloud|there is no column|"
    r"does not go with|needs a (number|day)|is not used, because|goes with JSON only|"
    r"Both rules are off|is needed to snooze|is needed to change|^query: |is not a time zone|"
    r"a cluster has none of its own"
)


def _served() -> dict[str, Any]:
    """As the app serves it: whatever address is added to it is asked here too."""
    with TemporaryDirectory() as folder:
        client = app_of(Path(folder), requests_per_minute=0).test_client()
        found: dict[str, Any] = client.get("/api/openapi.json").get_json()
    return found


SERVED = _served()

# Days near the data: any two days at all are nearly always too far apart.
schemathesis.openapi.format("date", st.dates(date(2026, 10, 20), date(2026, 11, 30)).map(str))


def _described(**generation: Any) -> BaseSchema:
    # `refuses_only_what_does_not_go_together` says when good data may be refused.
    checks = {"positive_data_acceptance": {"enabled": False}}
    made = {"deterministic": True, **generation}
    config = SchemathesisConfig.from_dict({"checks": checks, "generation": made})
    return schemathesis.openapi.from_dict(SERVED, config=config)


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
    refuses_only_what_does_not_go_together(case, found)
    assert found.status_code in (200, 404) or case.body is not NOT_SET, found.text
    if case.path == "/api/job-spends" and not {"page", "per_page"} & set(case.query):
        for media in ("text/csv", "application/x-ndjson"):
            assert answered(case, api, Accept=media).status_code == 200


@good_requests.include(operation_id="saveAlertConfig").parametrize()
@thousands
def test_settings_that_go_together_are_saved(case: Case, api: Api) -> None:
    seen = api.data(case.path)["updated_at"]
    case.body = {**case.body, "updated_at": seen}
    if case.body.get("threshold_amount", 1) is None:
        case.body["threshold_percentage"] = 100
    assert answered(case, api).status_code == 200


@good_requests.include(operation_id="changeIncident").parametrize()
@thousands
def test_what_can_be_done_with_an_incident_is_done(case: Case, api: Api) -> None:
    [incident] = api.data("/api/alerts")["incidents"]
    case.path_parameters = {"incident_id": incident["incident_id"]}
    for action in ("reopen", "acknowledge"):  # now any of them makes sense
        api.client.post(case.formatted_path, json={"action": action})
    case.body = {**case.body, "until": f"{datetime.now(UTC) + DAY:%Y-%m-%dT%H:%M:%SZ}"}
    assert answered(case, api).status_code == 200


@good_requests.include(operation_id="saveSchedule").parametrize()
@thousands
def test_schedules_that_go_together_are_saved(case: Case, api: Api) -> None:
    case.body = {**case.body, "query": "preset=last_month", "zone": "Europe/Berlin"}
    case.body |= {"schedule_id": None, "updated_at": None}
    found = answered(case, api)
    assert found.status_code == 200, found.text
    id_ = found.json()["data"]["schedule"]["schedule_id"]
    api.client.delete("/api/reports/schedule", query_string={"schedule_id": id_})


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
