"""Reports made at the same time, called off, and the start of a server."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pdf_reader import exporter_in, pdf_of, report
from spend_records import publish, record, view

from dbspend360.models.report import FileFormat

LANGUAGES = ("売上集計日次", "고객데이터", "Ежедневный", "客户数据同步", "Ημερήσια", "nightly")


def test_reports_at_the_same_time_are_each_right(tmp_path: Path) -> None:
    folders = [tmp_path / str(n) for n in range(len(LANGUAGES))]
    for n, (folder, name) in enumerate(zip(folders, LANGUAGES, strict=True)):
        rows = [record(run=f"r{i}", name=f"{name}{i}", ec2=str(n)) for i in range(60)]
        publish(folder, *rows)
    exporters = [exporter_in(folder) for folder in folders]
    with ThreadPoolExecutor(len(LANGUAGES)) as threads:
        found = list(threads.map(lambda each: pdf_of(each, view()), exporters))
    for n, (each, name) in enumerate(zip(found, LANGUAGES, strict=True)):
        assert "\0" not in each.letters
        assert each.has(f"{name}59")
        assert f"${60 * (n + 4)}.00" in each.text
        others = [other for other in LANGUAGES if other != name]
        assert not any(each.has(f"{other}1") for other in others)


class CalledOffError(Exception):
    pass


def test_a_report_can_be_called_off_and_the_next_one_is_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        if done >= 200:
            raise CalledOffError

    publish(tmp_path, *(record(run=f"r{n}") for n in range(450)))
    exporter = exporter_in(tmp_path)
    with pytest.raises(CalledOffError):
        exporter.write(view(), FileFormat.PDF, io.BytesIO(), user_id="", progress=stop)
    assert told == [(100, 450), (200, 450)]
    found = pdf_of(exporter, view(), progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (450, 450)
    assert "All 450 runs" in found.text


def test_what_fails_half_way_is_told_as_it_is(tmp_path: Path) -> None:
    def fail(_done: int, _of: int) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        report(tmp_path, record(), progress=fail)


def test_nobody_who_asks_for_no_report_pays_for_its_libraries() -> None:
    asked = "import sys, dbspend360.app; print({'reportlab', 'xhtml2pdf'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert found.stdout.strip() == b"set()"
