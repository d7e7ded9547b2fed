"""The menu's links, and large files made in the background as Dash does it."""

import os
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest
from background_driver import Background, question
from exporting_processes import left_behind
from page_driver import Json, MakePage, Page, app_of, elements
from spend_records import TODAY, publish, record
from workbooks import lines, opened

from dbspend360.dashboard.background import Processes
from dbspend360.dashboard.export_menu import LOST, layout, made
from dbspend360.models.report import FileFormat
from dbspend360.services.export_desk import MOST_AT_ONCE
from dbspend360.services.export_places import MOST_WAITING, ExportPlaces
from dbspend360.settings import Settings


def test_the_menu_has_a_link_for_each_kind_of_file() -> None:
    links = {
        each["props"]["id"]: each["props"] for each in elements(layout()) if each["type"] == "A"
    }
    assert list(links) == ["export-pdf", "export-xlsx", "export-csv", "export-csv-excel"]
    assert {each["data-export"] for each in links.values()} == set(FileFormat)
    for each in links.values():
        assert each["href"] == f"/export/job-spends.{each['data-export']}"
        most = MOST_AT_ONCE.get(FileFormat(each["data-export"]))
        assert each.get("data-most") == (most and str(most))


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_large_file_is_made_in_the_background_and_fetched_once(page: MakePage, kind: str) -> None:
    visitor = page(record(), record(run="2"))
    said: list[Json] = []
    answer = Background(visitor, question(kind=kind)).followed(said.append)
    assert answer["token"] == "t"
    assert all(each["token"] == "t" for each in said)
    response = visitor.client.get(answer["href"])
    assert response.content_type == FileFormat(kind).media
    assert f"by-run.{kind}" in response.headers["Content-Disposition"]
    if kind == "xlsx":
        assert len(list(lines(opened(response.get_data())["Spend"]))) == 2
    else:
        assert response.get_data().startswith(b"%PDF-")
    assert visitor.client.get(answer["href"]).status_code == 404
    assert left_behind(visitor.folder) == []


def test_each_app_of_a_process_makes_files_of_its_own_data(tmp_path: Path) -> None:
    pages = []
    for name in ("one", "other"):
        publish(tmp_path / name, record(name=name))
        pages.append(Page(app_of(tmp_path / name)))
    for visitor, name in zip(pages, ("one", "other"), strict=True):
        answer = Background(visitor, question()).followed()
        book = opened(visitor.client.get(answer["href"]).get_data())
        assert [line["Job"] for line in lines(book["Spend"])] == [name]


def test_a_process_that_is_killed_is_a_sentence(page: MakePage) -> None:
    visitor = page(record())
    job = Background(visitor, question())
    job.process.kill()
    assert job.followed() == LOST
    assert left_behind(visitor.folder) == []


def test_cancel_ends_the_process_and_what_it_left(page: MakePage) -> None:
    visitor = page(record())
    job = Background(visitor, question())
    process = job.process
    work = visitor.folder / "cache" / "exports" / "place-0"
    work.mkdir(parents=True)
    (work / "half").write_bytes(b"half a file")
    job.cancel()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert left_behind(visitor.folder) == []


def test_a_job_of_another_page_is_neither_seen_nor_ended(page: MakePage) -> None:
    visitor = page(record())
    job, other = Background(visitor, question()), Background(visitor, question(token="u"))
    other.look(job=job.handle["job"], cacheKey=job.handle["cacheKey"])
    assert job.followed()["token"] == "t"
    assert other.followed()["token"] == "u"


def test_whoever_has_to_wait_is_told_so(page: MakePage) -> None:
    visitor = page(record(), exports_at_once=1)
    folder = visitor.folder / "cache" / "exports"
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    said: list[Json] = []
    with ExportPlaces(folder, 1).place():
        job = Background(visitor, question())
        deadline = time.monotonic() + 60
        while not said:
            said += job.look().get("progress", {}).values()
            assert time.monotonic() < deadline
    assert said == [{"token": "t", "waiting": True}]
    assert "href" in job.followed()


def tried(folder: Path, question: object, day: date = TODAY) -> dict[str, Any]:
    settings = Settings.model_validate({"data_dir": folder, "cache_url": "simple"})
    return made(settings, question, day, lambda _progress: None)


ODD = [{"query": 1, "kind": "pdf"}, {"query": "", "kind": "exe"}, {"query": "", "kind": ["pdf"]}]


@pytest.mark.parametrize("question", [None, "x", [], {}, *ODD])
def test_an_odd_question_is_a_sentence(page: MakePage, question: object) -> None:
    folder = page(record()).folder
    assert tried(folder, question)["error"].endswith("Reload the page.")


def test_a_link_that_makes_no_sense_is_a_sentence(page: MakePage) -> None:
    folder = page(record()).folder
    assert tried(folder, question("sort=nothing"))["error"].startswith("sort: there is no column")


def test_too_many_who_wait_are_told_to_come_back(page: MakePage) -> None:
    folder = page(record()).folder
    exports = folder / "cache" / "exports"
    exports.mkdir(parents=True, mode=0o700)
    exports.parent.chmod(0o700)
    places = ExportPlaces(exports, 2)
    with places.place(), places.place(), ExitStack() as seats:
        for number in range(MOST_WAITING):
            lock = places._lock("seat", number)
            assert lock is not None
            seats.callback(os.close, lock)
        assert tried(folder, question())["error"].startswith("Other large files are being made")
    assert "href" in tried(folder, question())


def test_nothing_is_opened_before_the_first_page(tmp_path: Path) -> None:
    Processes(tmp_path / "callbacks", lost=LOST, tidy=lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_what_the_background_keeps_is_for_the_app_alone(page: MakePage) -> None:
    visitor = page(record())
    folder = visitor.folder / "cache" / "callbacks"
    assert folder.stat().st_mode & 0o077 == 0
