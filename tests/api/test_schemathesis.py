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

from dbspend360.api import joined
from dbspend360.api.openapi import document
from dbspend360.api.reading import Reader
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

Case = Any  # schemathesis.Case, which is generic in nothing that matters here

EXAMPLES = 200  # of each address, beside the systematic ones

# What no schema can say: that two parameters do not go together.
TOGETHER = re.compile(
    r"is after end_date|choose at most|is before there was any cloud|there is no column|"
    r"does not go with|needs a (number|day)|is not used because|goes with JSON only"
)


def _description() -> dict[str, Any]:
    spend = SpendRepository(EmbeddedWarehouse(Path("nowhere")))
    reader = Reader(spend, date.today)
    return document(joined.operations(spend, reader, date.today, date.today))


# Days near the data: any two days at all are nearly always too far apart.
schemathesis.openapi.format("date", st.dates(date(2026, 10, 20), date(2026, 11, 30)).map(str))

described = schemathesis.openapi.from_dict(
    _description(),
    config=SchemathesisConfig.from_dict(
        {
            # `refuses_only_what_does_not_go_together` says when good data may be refused.
            "checks": {"positive_data_acceptance": {"enabled": False}},
            "generation": {"deterministic": True},
        }
    ),
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return described_api(tmp_path_factory.mktemp("described") / "data")


@described.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_every_answer_is_as_described(case: Case, api: Api) -> None:
    # Its WSGI client asks for compression, but does not undo it.
    plain = {"Accept-Encoding": "identity"}
    response = case.call_and_validate(app=api.client.application, headers=plain)
    refuses_only_what_does_not_go_together(case, response)


def refuses_only_what_does_not_go_together(case: Case, response: Response) -> None:
    """Like schemathesis' own check, for parameters that depend on each other."""
    if response.status_code == 400 and case.meta and case.meta.generation.mode.is_positive:
        assert TOGETHER.search(response.json()["error"]["message"]), response.text
