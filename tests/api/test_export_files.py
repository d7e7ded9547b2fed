"""Excel files behind a link: small ones at once, large ones in a process of their own."""

import gc
import io
import json
import resource
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from api_driver import Api
from exporting_processes import asked_meanwhile, begun, left_behind, processes
from page_driver import MakePage, Page, app_of
from shared_figures import CASES, Figures
from spend_records import record
from workbooks import exporter_over, lines, opened, titles

from dbspend360.errors import NotFound
from dbspend360.models.columns import Grouping
from dbspend360.models.report import FileFormat, Written
from dbspend360.services import ready_files as ready_module
from dbspend360.services.export_desk import MOST_AT_ONCE
from dbspend360.services.export_places import ExportPlaces
from dbspend360.services.ready_files import ReadyFiles

MARCH = "start_date=2026-03-01&end_date=2026-03-10"
LINK = f"/export/job-spends.xlsx?{MARCH}"
MICRO = Decimal("0.000001")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every view is large."""
    monkeypatch.setitem(MOST_AT_ONCE, FileFormat.XLSX, -1)


@contextmanager
def no_room() -> Iterator[None]:
    """As on a full disk: no file of this process or its children grows beyond 2,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def rows_of(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.get_data(as_text=True)[:300]
    return list(lines(opened(response.get_data())["Spend"]))


def exact(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(MICRO)


# The same as every other door


@pytest.mark.parametrize("grouping", Grouping)
@pytest.mark.parametrize("figures", [CASES["last30"], CASES["one_day"]], ids=["last30", "one_day"])
def test_the_link_gives_the_rows_and_costs_of_the_api(
    shared_page: Page, shared_api: Api, figures: Figures, grouping: Grouping
) -> None:
    query = f"{figures.query}&group_by={grouping}"
    expected = shared_api.all_rows(query)
    found = rows_of(shared_page.client.get(f"/export/job-spends.xlsx?{query}"))
    assert [list(each) for each in found[:1]] == [titles(grouping)]
    costs = ("ec2_cost", "databricks_cost", "total_cost")
    headings = ("EC2 (USD)", "Databricks (USD)", "Total (USD)")
    assert [[exact(line[each]) for each in headings] for line in found] == [
        [exact(row[each]) for each in costs] for row in expected
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "job_name=load",
        "where=total_cost.greaterThan.10",
        "where=job_name.startsWith.n&sort=run_id",
        "where=ec2_cost.blank.&group_by=record",
        "sort=-databricks_cost&group_by=job",
        f"job_name={quote('売上')}",
    ],
)
def test_filters_and_order_hold_for_the_file(
    shared_page: Page, shared_api: Api, condition: str
) -> None:
    query = f"{CASES['last30'].query}&{condition}"
    expected = [exact(row["total_cost"]) for row in shared_api.all_rows(query)]
    if not expected:
        response = shared_page.client.get(f"/export/job-spends.xlsx?{query}")
        assert opened(response.get_data())["Spend"]["A2"].value.startswith("No rows")
        return
    found = rows_of(shared_page.client.get(f"/export/job-spends.xlsx?{query}"))
    assert [exact(line["Total (USD)"]) for line in found] == expected


def test_it_is_an_attachment_of_known_length(page: MakePage) -> None:
    response = page(record()).client.get(LINK)
    assert response.content_type == FileFormat.XLSX.media
    assert response.content_length == len(response.get_data())
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="job-spends_2026-03-01_2026-03-10_by-run.xlsx"'
    )
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_a_look_at_the_headers_makes_no_file(page: MakePage, large: None) -> None:
    visitor = page(record())
    response = visitor.client.head(LINK)
    assert (response.status_code, response.content_type) == (200, FileFormat.XLSX.media)
    assert not (visitor.folder / "cache" / "exports").exists()


@pytest.mark.parametrize("ending", ["doc", "XLSX", "xlsx.exe", "", "pdf%00"])
def test_there_are_no_other_files(page: MakePage, ending: str) -> None:
    assert page(record()).client.get(f"/export/job-spends.{ending}").status_code in (200, 404)


@pytest.mark.parametrize(
    "query", ["%ff", "x" * 9000, "where=total_cost.equals.1e999999999", "sort=';--", "start_date=x"]
)
def test_an_odd_query_is_a_sentence(page: MakePage, query: str) -> None:
    response = page(record()).client.get(f"/export/job-spends.xlsx?{query}")
    assert response.status_code == 400
    assert response.content_type.startswith("text/plain")


def test_without_data_the_answer_is_a_sentence(tmp_path: Path) -> None:
    response = Page(app_of(tmp_path / "data")).client.get("/export/job-spends.xlsx")
    assert response.status_code == 503
    assert "dbspend360 import" in response.get_data(as_text=True)


def test_the_mark_for_excel_is_part_of_the_link_and_not_of_the_view(page: MakePage) -> None:
    client = page(record(name="été")).client
    plain = client.get(f"/export/job-spends.csv?{MARCH}").get_data()
    marked = client.get(f"/export/job-spends.csv?{MARCH}&bom=1")
    assert marked.get_data() == b"\xef\xbb\xbf" + plain
    assert "by-run.csv" in marked.headers["Content-Disposition"]
    assert client.get(f"/export/job-spends.csv?{MARCH}&bom=2").status_code == 400
    assert client.get(f"{LINK}&bom=1").status_code == 400


# Large files


@pytest.mark.parametrize("grouping", Grouping)
def test_a_large_file_is_the_same_file(
    page: MakePage, monkeypatch: pytest.MonkeyPatch, grouping: Grouping
) -> None:
    visitor = page(record(), record(run="2", ec2=None), record(run="3", name="=1"))
    query = f"{LINK}&group_by={grouping}"
    small = rows_of(visitor.client.get(query))
    monkeypatch.setitem(MOST_AT_ONCE, FileFormat.XLSX, -1)
    response = visitor.client.get(query)
    assert rows_of(response) == small
    assert response.content_length == len(response.get_data())
    assert left_behind(visitor.folder) == []
    assert processes() == []


def test_its_presets_stand_where_those_of_the_page_do(page: MakePage, large: None) -> None:
    visitor = page(record("2026-03-05"), record("2026-02-05", run="2"))  # today is 20 March
    response = visitor.client.get("/export/job-spends.xlsx?preset=this_month")
    assert [line["Run"] for line in rows_of(response)] == ["1"]


def test_a_secret_in_a_file_is_no_secret_to_the_other_process(
    page: MakePage, large: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("smtp://127.0.0.1:2525?starttls=no\n")
    monkeypatch.setenv("DBSPEND360_SMTP_URL_FILE", str(tmp_path / "secret"))
    visitor = page(record("2026-03-05"), mail_from="spend@example.com")
    assert len(rows_of(visitor.client.get(LINK))) == 1


def test_a_process_that_is_killed_is_a_sentence_and_leaves_nothing(
    page: MakePage, large: None
) -> None:
    visitor = page(record())
    with asked_meanwhile(lambda: visitor.client.get(LINK)) as answer:
        begun().kill()
    response = answer()
    assert response.status_code == 500
    assert "was ended before it was done" in response.get_data(as_text=True)
    assert left_behind(visitor.folder) == []


def test_other_requests_are_answered_while_a_large_file_is_made(
    page: MakePage, large: None
) -> None:
    visitor = page(record())
    order = []

    def fetch() -> Any:
        response = visitor.client.get(LINK)
        order.append("file")
        return response

    with asked_meanwhile(fetch) as answer:
        maker = begun()
        maker.suspend()
        assert visitor.overview(MARCH)["cards"]
        assert visitor.client.get("/healthz").status_code == 200
        order.append("page")
        maker.resume()
    assert len(rows_of(answer())) == 1
    assert order == ["page", "file"]


def test_when_all_places_are_taken_one_is_told_to_come_back(page: MakePage, large: None) -> None:
    visitor = page(record(), exports_at_once=1)
    assert visitor.client.get(LINK).status_code == 200  # makes the folder
    folder = visitor.folder / "cache" / "exports"
    with ExportPlaces(folder, 1).place():
        response = visitor.client.get(LINK)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Other large files are being made" in response.get_data(as_text=True)
    assert visitor.client.get(LINK).status_code == 200


@pytest.mark.parametrize("is_large", [False, True])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    page: MakePage, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    monkeypatch.setitem(MOST_AT_ONCE, FileFormat.XLSX, -1 if is_large else 5_000)
    visitor = page(record(), cache_url="simple")
    with no_room(), warnings.catch_warnings():
        # The library forgets a file when it cannot be written to its end.
        warnings.simplefilter("ignore", ResourceWarning)
        response = visitor.client.get(LINK)
        gc.collect()
    assert response.status_code == 507
    assert "is full, so the file could not be made. Make room." in response.get_data(as_text=True)
    assert left_behind(visitor.folder) == []
    assert visitor.client.get(LINK).status_code == 200


def test_an_error_of_the_data_is_said_in_its_own_words(page: MakePage, large: None) -> None:
    visitor = page(record())
    assert visitor.client.get(LINK).status_code == 200
    response = visitor.client.get("/export/job-spends.xlsx?preset=last_month&start_date=x")
    assert response.status_code == 400
    assert "is not a date such as" in response.get_data(as_text=True)


def test_a_folder_that_others_can_write_to_is_not_used(page: MakePage, large: None) -> None:
    visitor = page(record())
    assert visitor.client.get(LINK).status_code == 200
    folder = visitor.folder / "cache" / "exports"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    response = visitor.client.get(LINK)
    assert response.status_code == 500
    assert "chmod 700" in response.get_data(as_text=True)


def test_what_a_killed_process_left_is_gone_with_the_next(page: MakePage, large: None) -> None:
    visitor = page(record())
    work = visitor.folder / "cache" / "exports" / "place-0"
    work.mkdir(parents=True)
    for folder in (work.parent, work.parent.parent):
        folder.chmod(0o700)
    (work / "half").write_bytes(b"half a file")
    assert visitor.client.get(LINK).status_code == 200
    assert left_behind(visitor.folder) == []


def test_a_warehouse_that_no_setting_names_is_asked_in_this_process(
    page: MakePage, tmp_path: Path, large: None
) -> None:
    from dbspend360.warehouse.embedded import EmbeddedWarehouse

    page(record())
    own = EmbeddedWarehouse(tmp_path / "data")
    visitor = Page(app_of(tmp_path / "elsewhere", warehouse=own))
    assert len(rows_of(visitor.client.get(LINK))) == 1
    own.close()


# Files that are ready


@pytest.fixture
def ready(tmp_path: Path) -> ReadyFiles:
    return ReadyFiles(tmp_path / "ready")


def put(ready: ReadyFiles, folder: Path, user: str = "") -> str:
    made = folder / "file"
    made.write_bytes(b"content")
    return ready.put(made, Written("x.csv", FileFormat.CSV, 1, 1), user)


def test_a_ready_file_is_there_once(ready: ReadyFiles, tmp_path: Path) -> None:
    token = put(ready, tmp_path)
    found = ready.take(token, "")
    with found.stream as stream:
        assert (stream.read(), found.size, found.written.name) == (b"content", 7, "x.csv")
    assert list((tmp_path / "ready").iterdir()) == []
    with pytest.raises(NotFound, match="fetched already"):
        ready.take(token, "")


def test_a_ready_file_is_for_whoever_ordered_it(ready: ReadyFiles, tmp_path: Path) -> None:
    token = put(ready, tmp_path, "dana")
    for other in ("", "eve"):
        with pytest.raises(NotFound):
            ready.take(token, other)
    ready.take(token, "dana").stream.close()


def test_a_ready_file_expires_and_is_swept(
    ready: ReadyFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = put(ready, tmp_path)
    monkeypatch.setattr(ready_module, "KEPT_SECONDS", -1)
    with pytest.raises(NotFound):
        ready.take(token, "")
    other = put(ready, tmp_path)
    monkeypatch.setattr(ready_module, "KEPT_SECONDS", 600)
    assert len(list((tmp_path / "ready").iterdir())) == 2
    ready.take(other, "").stream.close()


@pytest.mark.parametrize("token", ["x", "..%5c..%5csettings", "%00", "a" * 5000, "\ud800"])
def test_a_token_that_was_made_up_finds_nothing(page: MakePage, token: str) -> None:
    address = f"/export/ready/{quote(token, safe='%', errors='replace')}"
    response = page(record()).client.get(address)
    assert response.status_code == 404
    assert "export the view again" in response.get_data(as_text=True)


def test_a_look_at_a_ready_file_does_not_use_it_up(page: MakePage) -> None:
    assert page(record()).client.head("/export/ready/x").status_code == 405


def test_the_names_of_ready_files_do_not_say_the_tokens(ready: ReadyFiles, tmp_path: Path) -> None:
    token = put(ready, tmp_path)
    kept = list((tmp_path / "ready").iterdir())
    assert not [each for each in kept if token in each.name or token in str(each.read_bytes())]
    assert json.loads(next(each for each in kept if each.suffix).read_text())["user_id"] == ""
    ready.take(token, "").stream.close()


# Writers


def test_a_format_without_a_writer_is_a_sentence(
    page: MakePage, tmp_path: Path, spend: Any
) -> None:
    exporter = exporter_over(spend(record()), tmp_path, writers={})
    with pytest.raises(NotFound, match="makes no Excel files"):
        exporter.write(exporter.view(MARCH), FileFormat.XLSX, io.BytesIO(), user_id="")
