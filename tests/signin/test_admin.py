"""The audit log, from the deed to the admin's page."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from page_driver import app_of
from signin_driver import PASSWORD, sign_in
from spend_records import publish, record

from dbspend360.models.person import Role
from dbspend360.services.audit import Audit, Entry
from dbspend360.services.audit_reading import Wanted, entries
from dbspend360.services.people import People
from dbspend360.signin import admin

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
HOSTILE = 'x"}\n{"who":"forged"}\r\0\u2028<script>alert(1)</script>\u202e\ud800'


def entry(number: int = 0, **more: str) -> Entry:
    at = NOW + timedelta(seconds=number)
    return Entry(at, f"p{number % 7}", f"deed.{number}", "done", more, "192.0.2.1", "r")


def test_what_is_noted_is_read_newest_first(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit", 365)
    for number in range(3000):
        audit.note(entry(number))
    found = [each["what"] for each in entries(audit.folder, Wanted())]
    assert found == [f"deed.{number}" for number in reversed(range(3000))]
    [file] = audit.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_that_is_noted_forges_a_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit", 365)
    audit.note(Entry(NOW, HOSTILE, HOSTILE, "done", {HOSTILE: HOSTILE * 100}, HOSTILE, HOSTILE))
    [found] = entries(audit.folder, Wanted())
    assert found["who"] == HOSTILE
    assert max(map(len, found["about"].values())) <= 500


def test_many_write_at_once_and_no_line_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: Audit(folder, 9).note(entry(number)), range(400)))
    assert len(list(entries(folder, Wanted()))) == 400


def test_a_line_that_was_cut_takes_no_other_with_it(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit", 365)
    audit.note(entry(1))
    [file] = audit.folder.iterdir()
    file.write_bytes(file.read_bytes() + b'{"who":"cu')
    audit.note(entry(2))
    assert [each["what"] for each in entries(audit.folder, Wanted())] == ["deed.2", "deed.1"]


def test_where_it_cannot_be_written_the_deed_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit").write_text("a file")
    Audit(tmp_path / "audit", 365).note(entry())
    assert "The audit log cannot be written" in caplog.text


def test_months_that_are_over_for_long_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    for days in (500, 100, 0):
        Audit(folder, 365).note(Entry(NOW - timedelta(days=days), "p", "x", "done"))
    assert sorted(each.name for each in folder.iterdir()) == ["2026-08.jsonl", "2026-11.jsonl"]


def test_entries_are_found_by_who_what_outcome_and_day(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit", 365)
    audit.note(Entry(NOW, "Dana", "alerts.save", "done"))
    audit.note(Entry(NOW, "vic", "export.csv", "refused"))
    audit.note(Entry(NOW - timedelta(days=40), "vic", "export.pdf", "done"))
    for wanted, number in (
        (Wanted(who=" dana"), 1),
        (Wanted(what="export."), 2),
        (Wanted(outcome="refused"), 1),
        (Wanted(day="2026-11-25"), 2),
        (Wanted(day="2026-10"), 1),
        (Wanted(who="nobody"), 0),
    ):
        assert len(list(entries(audit.folder, wanted))) == number, wanted


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    publish(tmp_path, record())
    people = People(tmp_path / "users.json")
    people.add("dana", Role.ADMIN, PASSWORD)
    people.add("vic", Role.VIEWER, PASSWORD)
    return app_of(tmp_path, auth="basic", secret_key="s" * 40)


def test_an_admin_reads_what_was_done_and_who_may_sign_in(server: Flask) -> None:
    stranger, vic, dana = (server.test_client() for _ in range(3))
    sign_in(stranger, '"><script>alert(1)</script>', "wrong wrong wrong")
    sign_in(vic, "vic")
    assert vic.get("/admin").status_code == 403
    assert vic.get("/admin/audit.jsonl").status_code == 403
    sign_in(dana, "dana")
    page = dana.get("/admin")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "This name and this password do not go together." in page.text
    assert PASSWORD not in page.text
    assert "wrong wrong wrong" not in page.text
    assert "vic</span> · viewer" in page.text
    assert "Nothing fits that." in dana.get("/admin?who=nobody").text
    lines = dana.get("/admin/audit.jsonl?what=login&outcome=refused").text.splitlines()
    assert [json.loads(each)["what"] for each in lines] == ["login"]


def test_a_hundred_are_on_a_page(server: Flask, tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit", 365)
    for number in range(150):
        audit.note(entry(number))
    dana = server.test_client()
    sign_in(dana, "dana")
    first = dana.get("/admin?what=deed.").text
    assert first.count("<tr><td>") == 100
    assert "skip=100" in first
    second = dana.get("/admin?what=deed.&skip=100").text
    assert second.count("<tr><td>") == 50
    assert "Newer" in second


def test_what_is_far_back_in_a_long_log_is_found_by_its_day(
    server: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin, "MOST_LINES", 500)
    audit = Audit(tmp_path / "audit", 365)
    audit.note(Entry(NOW - timedelta(days=20), "ann", "old.deed", "done"))
    for number in range(600):
        audit.note(entry(number))
    dana = server.test_client()
    sign_in(dana, "dana")
    page = dana.get("/admin?what=old.").text
    assert "Nothing fits that." in page
    assert "Only the newest 500 entries were looked through" in page
    assert "old.deed" in dana.get("/admin?day=2026-11-05").text
    assert "Only the newest" not in dana.get("/admin?day=2026-11-05").text
    assert len(dana.get("/admin/audit.jsonl").text.splitlines()) == 602  # and her own login


@pytest.mark.parametrize("query", ["skip=-1", "skip=x", "skip=99999999999", "day=%00", "who=%ff"])
def test_an_odd_link_breaks_nothing(server: Flask, query: str) -> None:
    dana = server.test_client()
    sign_in(dana, "dana")
    assert dana.get(f"/admin?{query}").status_code == 200
