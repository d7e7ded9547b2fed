from pathlib import Path

from page_driver import MakePage, Page, app_of
from spend_records import record


def test_a_healthy_app_says_what_it_can_see(page: MakePage) -> None:
    answer = page(record("2026-03-02")).client.get("/healthz")
    assert answer.get_json() == {
        "status": "ok",
        "warehouse": "ok",
        "records": 1,
        "last_date": "2026-03-02",
    }


def test_no_records_are_healthy_too(page: MakePage) -> None:
    answer = page().client.get("/healthz").get_json()
    assert (answer["records"], answer["last_date"]) == (0, None)


def test_the_process_is_alive_without_a_warehouse(tmp_path: Path) -> None:
    answer = Page(app_of(tmp_path / "data")).client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json()["warehouse"] == "unavailable"
    assert "dbspend360 import" in answer.get_json()["reason"]
