"""`/metrics`, as Prometheus reads it."""

from pathlib import Path

import pytest
from page_driver import MakePage, Page, app_of
from prometheus_client.parser import text_string_to_metric_families
from spend_records import record

WAITING = frozenset({("kind", "alerts"), ("stage", "waiting")})
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(visitor: Page) -> Samples:
    text = visitor.client.get("/metrics").get_data(as_text=True)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def grown(before: Samples, after: Samples, name: str, **labels: str) -> float:
    key = (name, frozenset(labels.items()))
    return after.get(key, 0) - before.get(key, 0)


def test_requests_are_counted_by_route_and_not_by_address(page: MakePage) -> None:
    visitor = page(record())
    before = read(visitor)
    visitor.client.get("/api/summary?job_name=secret-project")
    visitor.client.get("/api/breakdown/secret-run")
    visitor.client.get("/api/nothing/secret-path")
    after = read(visitor)
    asked = {"method": "GET", "route": "/api/summary", "status": "200"}
    assert grown(before, after, "dbspend360_requests_total", **asked) == 1
    labels = {label for _, pairs in after for _, label in pairs}
    assert not [each for each in labels if "secret" in each]


def test_an_odd_method_is_no_new_label(page: MakePage) -> None:
    visitor = page(record())
    visitor.client.open("/api/summary", method="BREW")
    assert "BREW" not in visitor.client.get("/metrics").get_data(as_text=True)


def test_questions_are_counted_by_who_answered(page: MakePage) -> None:
    visitor = page(record(), cache_url="simple", cache_seconds=60)
    before = read(visitor)
    for _ in range(3):
        visitor.client.get("/api/summary")
    after = read(visitor)

    def answered(who: str) -> float:
        labels = {"question": "period_summary", "answered_by": who}
        return grown(before, after, "dbspend360_questions_total", **labels)

    assert (answered("warehouse"), answered("memory"), answered("nobody")) == (1, 2, 0)
    asked = {"method": "GET", "route": "/api/summary", "status": "200"}
    assert grown(before, after, "dbspend360_requests_total", **asked) == 3
    timed = grown(before, after, "dbspend360_request_seconds_count", route="/api/summary")
    assert timed == 3


def test_a_question_without_an_answer_is_counted_too(tmp_path: Path) -> None:
    visitor = Page(app_of(tmp_path / "empty"))
    before = read(visitor)
    assert visitor.client.get("/api/summary").status_code == 503
    labels = {"question": "data_bounds", "answered_by": "nobody"}
    assert grown(before, read(visitor), "dbspend360_questions_total", **labels) >= 1


def test_no_version_is_told(page: MakePage) -> None:
    text = page(record()).client.get("/metrics").get_data(as_text=True)
    assert "python_info" not in text
    assert "version" not in text


@pytest.mark.parametrize(
    ("shown_to", "headers", "status"),
    [
        ("everybody", {"X-Forwarded-For": "203.0.113.9"}, 200),
        ("loopback", {}, 200),
        ("loopback", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("nobody", {}, 404),
    ],
)
def test_who_may_read_it_is_a_setting(
    page: MakePage, shown_to: str, headers: dict[str, str], status: int
) -> None:
    visitor = page(record(), metrics=shown_to)
    assert visitor.client.get("/metrics", headers=headers).status_code == status


def test_from_another_machine_it_is_not_there_for_loopback(page: MakePage) -> None:
    visitor = page(record(), metrics="loopback")
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert visitor.client.get("/metrics", environ_overrides=other).status_code == 404


def test_what_the_store_keeps_is_told_whoever_sent_it(page: MakePage) -> None:
    visitor = page(record())
    found = read(visitor)
    assert found["dbspend360_store_known", frozenset()] == 1
    assert found["dbspend360_deliveries", WAITING] == 0
    assert found["dbspend360_incidents", frozenset({("state", "open")})] == 0


def test_a_store_that_does_not_answer_is_told(page: MakePage) -> None:
    visitor = page(record(), state_url="sqlite:////proc/nowhere/state.sqlite")
    found = read(visitor)
    assert found["dbspend360_store_known", frozenset()] == 0
    assert ("dbspend360_deliveries", WAITING) not in found
