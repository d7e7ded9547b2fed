import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from flask import Flask
from page_driver import MakePage, Page, app_of
from spend_records import publish, record

VISITORS = 30


def test_two_apps_in_one_process_both_work(tmp_path: Path) -> None:
    publish(tmp_path / "one", record())
    publish(tmp_path / "two", record(), record(run="2"))
    apps = [Page(app_of(tmp_path / name)) for name in ("one", "two", "two")]
    query = "start_date=2026-03-01&end_date=2026-03-01"
    assert [each.cards(query)["card-runs"] for each in apps] == ["1", "2", "2"]
    assert [each.rows(query)["count"] for each in apps] == [1, 2, 2]


def test_thirty_first_visitors_at_once_all_get_a_page(tmp_path: Path) -> None:
    publish(tmp_path / "data", record())
    server = app_of(tmp_path / "data", web_threads=8)
    paths = ["/", "/_dash-layout", "/_dash-dependencies", "/healthz", "/export/job-spends.csv"]
    together = Barrier(VISITORS)

    def visit(number: int) -> tuple[str, int]:
        path = paths[number % len(paths)]
        client = server.test_client()
        together.wait(timeout=30)
        return path, client.get(path).status_code

    with ThreadPoolExecutor(VISITORS) as threads:
        answers = list(threads.map(visit, range(VISITORS)))
    assert [answer for answer in answers if answer[1] != 200] == []


def test_every_script_and_style_of_the_page_is_served(page: MakePage) -> None:
    client = page(record()).client
    html = client.get("/").get_data(as_text=True)
    found = re.findall(r'(?:src|data-grid|data-plotly|<link [^>]*href)="([^"]+)"', html)
    assert len(found) > 10
    for address in found:
        assert address.startswith("/"), address
        with client.get(address) as response:
            assert response.status_code == 200, address


def test_the_page_asks_nothing_of_the_warehouse_itself(tmp_path: Path) -> None:
    server = app_of(tmp_path / "no-such-folder")
    assert server.test_client().get("/").status_code == 200
    assert server.test_client().get("/_dash-layout").status_code == 200


def test_what_is_not_there_is_no_crash(page: MakePage) -> None:
    client = page(record()).client
    for path in ("/assets/no-such-file.js", "/assets/../pyproject.toml", "/export/other.csv"):
        with client.get(path) as response:
            assert response.status_code in (200, 404)  # Dash answers unknown pages with the page
            assert "hatchling" not in response.get_data(as_text=True)


def test_an_app_is_a_flask_server(tmp_path: Path) -> None:
    assert isinstance(app_of(tmp_path / "data"), Flask)
