"""Importing in the browser: what is said before, what happens then, and what must not happen."""

import gzip
import io
import json
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from import_driver import GOOD, MEDIA, Importer, csv_of, facts, id_of, reasons, stage_of
from page_driver import Page, app_of
from processes import wait_for
from shared_figures import SHARED_CSV

from dbspend360.errors import BadFile
from dbspend360.models.person import Person, Role
from dbspend360.models.upload import safe_name
from dbspend360.services.audit_reading import Wanted, entries
from dbspend360.services.import_desk import uploads_folder
from dbspend360.services.upload_place import place_of
from dbspend360.settings import Settings
from dbspend360.warehouse import versions
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.imports.folder import alone_in
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import RejectedFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def server(folder: Path) -> Flask:
    return app_of(folder)


@pytest.fixture
def dana(server: Flask) -> Importer:
    return Importer(server)


def whoever_says() -> Person | None:
    name, role = request.headers.get("X-Who", ""), request.headers.get("X-Role", "")
    return Person(name, Role(role) if role else None) if name else None


def left(folder: Path) -> list[str]:
    """What lies in the folder of uploads, but for locks."""
    root = uploads_folder(Settings(data_dir=folder))
    return sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    )


def noted(folder: Path) -> list[tuple[str, str]]:
    found = list(entries(folder / "audit", Wanted(what="import")))
    return [(each["what"], each["outcome"]) for each in reversed(found)]


def records(folder: Path) -> list[Any]:
    version = versions.current(folder)
    assert version
    with duckdb.connect(str(version.path), read_only=True) as db:
        return db.execute("SELECT * FROM spends ORDER BY ALL").fetchall()


# A file that is fine


def test_what_is_in_a_file_is_said_before_anything_changes(dana: Importer, folder: Path) -> None:
    page = dana.checked(GOOD)
    assert stage_of(page) == "checked"
    assert facts(page) == {
        "Records": "2",
        "Days": "1 Nov – 2 Nov 2026 (2 days)",
        "Jobs": "2",
        "EC2": "$10.50",
        "Databricks": "$3.25",
        "Total": "$13.75",
    }
    assert "Without EC2 cost: 1 record; unknown, not zero." in page
    assert "There is no other data yet." in page
    assert "Import these 2 records" in page
    assert versions.current(folder) is None


def test_a_yes_loads_it_and_the_dashboard_shows_it(
    server: Flask, dana: Importer, folder: Path
) -> None:
    done = dana.confirm(dana.checked(GOOD, "november.csv"))
    assert stage_of(done) == "done"
    assert "Loaded 2 records of 2 days, 2026-11-01 to 2026-11-02." in done
    cards = Page(server).cards("start_date=2026-11-01&end_date=2026-11-30")
    assert cards["card-total-spend"] == "13.750000"
    assert not [each for each in left(folder) if "november" in each]
    assert noted(folder) == [
        ("import.upload", "done"),
        ("import.confirm", "done"),
        ("import", "done"),
    ]
    last = next(entries(folder / "audit", Wanted(what="import")))
    assert last["about"]["files"] == "november.csv"
    assert last["about"]["records"] == "2"


def test_a_no_changes_nothing_and_leaves_nothing(dana: Importer, folder: Path) -> None:
    dana.checked(GOOD)
    assert dana.press("cancel").status_code == 303
    assert stage_of(dana.now()) == "none"
    assert left(folder) == []
    assert versions.current(folder) is None


@pytest.mark.parametrize("kind", ["csv", "gz", "parquet"])
def test_the_same_file_gives_the_same_by_command_and_in_the_browser(
    dana: Importer, folder: Path, tmp_path: Path, kind: str
) -> None:
    data = SHARED_CSV.read_bytes()
    if kind == "gz":
        data = gzip.compress(data)
    elif kind == "parquet":
        duckdb.sql(
            f"COPY (FROM read_csv('{SHARED_CSV}', all_varchar = true)) TO '{tmp_path}/x.parquet'"
        )
        data = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "same").write_bytes(data)
    report = import_files([tmp_path / "same"], tmp_path / "other")
    page = dana.checked(data)
    expected = json.loads(SHARED_CSV.with_suffix(".expected.json").read_text())["all"]
    assert facts(page)["Records"] == f"{expected['records']:,}" == f"{report.records_loaded:,}"
    assert facts(page)["Jobs"] == str(expected["total_jobs"])
    assert facts(page)["Total"] == f"${float(expected['total']):,.2f}"
    assert stage_of(dana.confirm(page)) == "done"
    assert records(folder) == records(tmp_path / "other")


def test_what_becomes_of_the_data_is_said_as_it_is(
    server: Flask, dana: Importer, folder: Path
) -> None:
    make_demo(folder, records=500, days=30)
    page = dana.checked(GOOD)
    assert "All 500 demo records are dropped." in page
    assert "Replace the demo data with these 2 records" in page
    dana.confirm(page)
    dana.press("cancel")
    page = dana.checked(GOOD)
    assert "2 older records of these days make room." in page
    assert "Replace the spends with these 2 records" in page
    dana.press("cancel")
    page = dana.checked(csv_of(",1,71,901,2026-11-02,1", ",1,71,902,2026-11-03,1"))
    assert "1 older record of these days make room; 1 record of other days stay." in page
    assert "Import these 2 records" in page
    assert "Kept 1 record from before." in dana.confirm(page)


# Files that are not


HOSTILE = {
    "zip": (b"PK\x03\x04" + b"x" * 99, "spreadsheet or a zip file"),
    "exe": (b"MZ\x90\x00" + b"\x00" * 99, "is not text"),
    "one byte": (b"x", "has no column"),
    "header only": (csv_of(), "no records, only a header"),
    "columns": (b"a,b\n1,2\n", "has no column cluster_id"),
    "utf-16": ("cluster_id,ec2\n".encode("utf-16"), "UTF-16"),
    "latin-1": (csv_of("c,1,j\xe9,1,2026-11-01,1").decode().encode("latin-1"), "not UTF-8"),
    "no good one": (csv_of("c,x,1,1,2026-11-01,1"), "None of the 1 records"),
    "damaged gzip": (gzip.compress(GOOD)[:-9], "damaged gzip"),
    "damaged parquet": (b"PAR1" + b"x" * 50 + b"PAR1", "damaged"),
}


def test_a_file_that_cannot_be_read_is_refused_as_by_the_command(
    dana: Importer, folder: Path, tmp_path: Path
) -> None:
    for data, words in HOSTILE.values():
        page = dana.checked(data)
        assert stage_of(page) == "failed"
        assert words in page
        (tmp_path / "spends.csv").write_bytes(data)
        with pytest.raises(BadFile) as error:
            import_files([tmp_path / "spends.csv"], tmp_path / "other")
        assert str(error.value) in unescape(page)
        assert "Try again" not in page
        assert "Choose another file" in page
    assert versions.current(folder) is None


def test_a_parquet_with_other_columns_is_refused(dana: Importer, tmp_path: Path) -> None:
    duckdb.sql(f"COPY (SELECT 1 AS a, 2 AS b) TO '{tmp_path}/x.parquet'")
    page = dana.checked((tmp_path / "x.parquet").read_bytes(), "x.parquet")
    assert "x.parquet has no column cluster_id" in page


def test_each_bad_record_is_named_with_its_line(
    dana: Importer, folder: Path, tmp_path: Path
) -> None:
    data = csv_of(
        "c,1,71,901,2026-11-01,1",
        'c,"1,204.50",71,902,2026-11-01,1',
        "c,1,,903,2026-11-01,1",
        "c,1,71,904,01.11.2026,1",
        "c,1,71,\N{ZERO WIDTH SPACE}<b>905</b>,2026-11-01,NaN",
        "c,-5,71,906,2026-11-02,",
        "c,1",
    )
    page = dana.checked(data, "<script>alert(1)</script>.csv")
    (tmp_path / "script>.csv").write_bytes(data)
    with pytest.raises(RejectedFile) as error:
        import_files([tmp_path / "script>.csv"], tmp_path / "other")
    by_command = [str(each) for each in error.value.report.rejected]
    assert len(by_command) == 5
    escaped = [each.replace(">", "&gt;").replace('"', "&#34;") for each in by_command]
    assert reasons(page) == escaped
    assert "<script>" not in page
    assert "<b>" not in page
    assert "5 of 7 records cannot be loaded" in page
    assert facts(page)["EC2"] == "−$4.00"  # corrections count
    done = dana.confirm(page)
    assert "Skipped 5 bad records." in done
    assert len(records(folder)) == 2


def test_twenty_bad_records_are_shown_and_the_rest_is_counted(dana: Importer) -> None:
    page = dana.checked(csv_of(*["c,x,1,1,2026-11-01,1"] * 50, "c,1,1,1,2026-11-01,1"))
    assert len(reasons(page)) == 20
    assert "and 30 bad records more." in page


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/x.csv", "x.csv"),
        ("C:\\data\\x.csv", "x.csv"),
        ("", "upload"),
        ("..", "upload"),
        ("a/..", "upload"),
        ("\0\r\n\u202ex.csv", "x.csv"),
        ("\ud800.csv", ".csv"),
        ("x" * 500 + ".csv", "x" * 116 + ".csv"),
        ("日" * 200 + ".csv", "日" * 82 + ".csv"),
        ("file*?[1].csv", "file*?[1].csv"),
    ],
)
def test_a_name_is_only_ever_a_name(given: str, name: str) -> None:
    assert safe_name(given) == name
    assert len(safe_name(given).encode()) <= 250


def test_whatever_its_name_a_file_is_imported(dana: Importer, folder: Path) -> None:
    for name in ("../../x.csv", "a'b\"*?[1].csv", "x" * 3_000):
        page = dana.checked(GOOD, name)
        assert stage_of(page) == "checked", page
        assert stage_of(dana.confirm(page)) == "done"
    assert not (folder.parent / "x.csv").exists()


def test_other_signs_between_fields_and_a_mark_before_them_are_fine(dana: Importer) -> None:
    data = b"\xef\xbb\xbf" + GOOD.replace(b",", b";")
    assert facts(dana.checked(data))["Total"] == "$13.75"


def test_a_small_file_that_unpacks_to_a_large_one_is_stopped(folder: Path) -> None:
    dana = Importer(app_of(folder, import_megabytes=1))
    packed = gzip.compress(csv_of(*["c,1,71,901,2026-11-01,1"] * 900_000))
    assert len(packed) < 1_000_000
    page = dana.checked(packed, "bomb.csv.gz")
    assert stage_of(page) == "failed", page
    assert "unpacks to more than 20 MB" in page
    assert not [each for each in left(folder) if "work" in each]


# Whose it is, and who may


def test_only_an_admin_may(folder: Path) -> None:
    server = app_of(folder, ways=[whoever_says])
    admin = Importer(server, **{"X-Who": "dana", "X-Role": "admin"})
    page = admin.checked(GOOD)
    for role in (None, Role.VIEWER, Role.EDITOR):
        other = Importer(server, **{"X-Who": "vic", "X-Role": role or ""})
        assert other.send(GOOD).status_code == 403
        for what in ("confirm", "cancel", "demo"):
            assert other.press(what, id=id_of(page)).status_code == 403
        for address in ("/import", "/import/now"):
            assert other.client.get(address, headers=other.headers).status_code == 403
    assert stage_of(admin.now()) == "checked"
    assert versions.current(folder) is None


def test_a_stranger_is_refused_before_anything_is_read(folder: Path) -> None:
    server = app_of(folder, ways=[whoever_says])
    client = server.test_client()
    for what in ("file", "confirm", "cancel", "demo"):
        assert client.post(f"/import/{what}", data=b"x", content_type=MEDIA).status_code == 401
    assert left(folder) == []


def test_two_admins_have_a_file_each(folder: Path) -> None:
    server = app_of(folder, ways=[whoever_says])
    dana, eve = (Importer(server, **{"X-Who": who, "X-Role": "admin"}) for who in ("dana", "eve"))
    hers = dana.checked(GOOD, "of-dana.csv")
    other = eve.checked(csv_of(",7,71,901,2026-11-01,1"), "of-eve.csv")
    assert "of-eve.csv" not in dana.now()
    assert eve.press("confirm", id=id_of(hers)).status_code == 404
    assert stage_of(eve.confirm(other)) == "done"
    again = dana.confirm(hers)  # the data is not what she was told about
    assert stage_of(again) == "checked"
    assert "1 older record of these days make room." in again
    assert stage_of(dana.confirm(again)) == "done"
    assert next(entries(folder / "audit", Wanted(what="import")))["who"] == "dana"


def test_no_foreign_page_and_no_script_without_our_token_sends_a_file(
    server: Flask, dana: Importer, folder: Path
) -> None:
    for headers in ({"X-CSRFToken": "x"}, {"Origin": "https://evil.example"}):
        answer = dana.send(GOOD, headers={"Sec-Fetch-Site": "cross-site"} | headers)
        assert answer.status_code == 403
    assert dana.send(GOOD, headers={"X-CSRFToken": "wrong"}).status_code == 403
    bare = FlaskClient(server, use_cookies=False)
    assert bare.post("/import/file", data=GOOD, content_type=MEDIA).status_code == 403
    assert left(folder) == []


def test_only_bytes_are_taken_and_no_form(dana: Importer, folder: Path) -> None:
    assert dana.send(GOOD, content_type="text/csv").status_code == 415
    form = {"file": (io.BytesIO(GOOD), "x.csv")}
    answer = dana.send(form, content_type="multipart/form-data")
    assert answer.status_code == 415
    assert left(folder) == []


# How much


def test_a_file_that_says_that_it_is_too_large_is_refused(folder: Path) -> None:
    dana = Importer(app_of(folder, import_megabytes=1))
    answer = dana.send(b"x" * 1_000_001)
    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.get_json()["error"]["message"]
    assert left(folder) == []
    assert dana.checked(GOOD)


def test_everything_else_is_as_small_as_before(dana: Importer) -> None:
    large = b"x" * 200_000
    assert dana.client.post("/import/confirm", data=large, headers=dana.headers).status_code == 413
    answer = dana.client.put("/import/file", data=large, headers=dana.headers)
    assert answer.status_code in (405, 413)


def test_an_empty_file_is_refused(dana: Importer) -> None:
    page = dana.checked(b"")
    assert "spends.csv is empty." in page


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_nothing_is_left(dana: Importer, folder: Path) -> None:
    with file_size_limit(100_000):
        answer = dana.send(b"x" * 1_000_000)
    assert answer.status_code == 507
    assert "full" in answer.get_json()["error"]["message"]
    assert left(folder) == []
    assert dana.checked(GOOD)


def test_files_are_counted(folder: Path) -> None:
    server = app_of(folder, ways=[whoever_says], files_per_minute=2)
    dana = Importer(server, **{"X-Who": "dana", "X-Role": "admin"})
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    tried = [dana.send(b"x", environ_base=elsewhere).status_code for _ in range(3)]
    assert tried[-1] == 429


# What is gone, and what is in the way


def test_a_yes_to_a_file_that_is_gone_is_no_yes_to_another(dana: Importer, folder: Path) -> None:
    first = dana.checked(GOOD)
    second = dana.checked(csv_of(",7,71,901,2026-11-01,1"))
    answer = dana.press("confirm", id=id_of(first))
    assert answer.status_code == 404
    assert "does not wait any more" in answer.get_data(as_text=True)
    dana.press("cancel")
    for id_ in (id_of(second), "", "../../x", "\0"):
        assert dana.press("confirm", id=id_).status_code == 404
    assert versions.current(folder) is None


def test_a_file_that_somebody_removed_is_said_to_be_gone(dana: Importer, folder: Path) -> None:
    page = dana.checked(GOOD)
    for path in uploads_folder(Settings(data_dir=folder)).rglob("spends.csv"):
        path.unlink()
    assert dana.press("confirm", id=id_of(page)).status_code == 404


def test_another_import_is_waited_for_by_the_person(dana: Importer, folder: Path) -> None:
    page = dana.checked(GOOD)
    with alone_in(folder):
        busy = dana.confirm(page)
    assert stage_of(busy) == "failed"
    assert "Another import into" in busy
    assert "Try again" in busy
    assert stage_of(dana.confirm(busy)) == "done"
    assert noted(folder)[-3:] == [
        ("import", "failed"),
        ("import.confirm", "done"),
        ("import", "done"),
    ]


def test_an_odd_state_is_no_state(dana: Importer, folder: Path) -> None:
    dana.checked(GOOD)
    [state] = uploads_folder(Settings(data_dir=folder)).rglob("state.json")
    for text in (b"", b"{", b"[]", b'{"id": 1}', b"\xff"):
        state.write_bytes(text)
        assert stage_of(dana.now()) == "none"
    assert dana.checked(GOOD)


def test_what_nobody_waits_for_is_removed(dana: Importer, folder: Path) -> None:
    dana.checked(GOOD)
    [state] = uploads_folder(Settings(data_dir=folder)).rglob("state.json")
    state.unlink()  # as if the server had been killed while the file came
    assert left(folder)
    wait_for(lambda: not place_of(uploads_folder(Settings(data_dir=folder)), "").is_taken())
    app_of(folder)  # a new start
    assert left(folder) == []


# Demo data, and Databricks


def test_an_empty_installation_leads_to_both_ways(server: Flask, dana: Importer) -> None:
    text = json.dumps(Page(server).overview())
    assert "There is no data yet" in text
    assert '"href": "/import"' in text
    page = dana.look()
    assert "Drop a file here, or choose one" in page
    assert "Use demo data" in page


def test_demo_data_is_made_at_the_press_of_a_button(
    server: Flask, dana: Importer, folder: Path
) -> None:
    assert dana.press("demo").status_code == 303
    done = dana.settled()
    assert "Made 32,000 demo records" in done
    assert "Demo data. " in json.dumps(Page(server).overview())
    dana.press("cancel")
    dana.confirm(dana.checked(GOOD))
    dana.press("cancel")
    assert "Use demo data" not in dana.now()
    assert dana.press("demo").status_code == 409
    assert len(records(folder)) == 2


def test_with_databricks_the_page_says_where_the_data_comes_from(tmp_path: Path) -> None:
    server = app_of(
        tmp_path / "data",
        databricks_host="dbc-1.cloud.databricks.com",
        databricks_http_path="/sql/1.0/warehouses/1",
        databricks_token="x",
        state_url=f"sqlite:///{tmp_path}/state.sqlite",
    )
    dana = Importer(server)
    assert "pritam_demo.dbcost360.databricks_job_spends" in dana.look()
    assert "Drop a file" not in dana.look()
    assert dana.send(GOOD).status_code == 409
    assert dana.press("demo").status_code == 409


def test_a_zip_is_not_unpacked(dana: Importer) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("../../spends.csv", GOOD.decode())
    assert "zip file" in dana.checked(packed.getvalue(), "spends.csv")
