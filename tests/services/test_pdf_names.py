"""Names in a printed report: every script, and those that want to be more than a name."""

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pdf_reader import report
from pypdf import PdfReader
from spend_records import record

from dbspend360.services.pdf.typesetting import cut, fold, text_width

NAMES = {
    "latin": "naïve café Straße ŁÓDŹ",
    "vietnamese": "Đồng bộ dữ liệu hằng ngày",
    "cyrillic": "Ежедневный отчёт",
    "greek": "Ημερήσια αναφορά",
    "arabic": "تقرير المبيعات",
    "persian": "گزارش روزانه",
    "hebrew": "דוח יומי",
    "simplified": "客户数据同步每日任务",
    "traditional": "每日銷售報表彙總",
    "japanese": "売上集計_日次バッチ",
    "halfwidth": "ﾊﾝｶｸ①㈱",
    "korean": "고객_데이터_동기화",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_script_can_be_read(tmp_path: Path, name: str) -> None:
    found = report(tmp_path, record(name=name), title=f"{name} 1")
    assert found.has(name)
    assert found.letters.count("\0") == 0  # what no font has, as ReportLab writes it
    assert "□" not in found.letters
    assert "cid:" not in found.letters


@pytest.mark.parametrize("name", ["งานประจำวัน", "job 🚀", "bell\x07", "private \ue000", "𓀀"])
def test_what_no_font_has_is_replaced_for_all_to_see(tmp_path: Path, name: str) -> None:
    found = report(tmp_path, record(name=name))
    assert "□" in found.letters
    assert found.letters.count("\0") == 0


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\ufeff", "\u200b", "\U000e0041"])
def test_invisible_signs_turn_nothing_round(tmp_path: Path, sign: str) -> None:
    found = report(tmp_path, record(name=f"evil{sign}gnp.exe"), title=f"A{sign}B")
    assert "evilgnp.exe" in found.letters
    assert "AB" in found.letters


def test_line_breaks_and_halves_of_characters_are_harmless(tmp_path: Path) -> None:
    found = report(tmp_path, record(name="a\tb\r\nc"), title="half \ud800 of one")
    assert "a b  c" in found.letters
    assert "half □ of one" in found.letters


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_name_is_never_markup_and_fetches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the machine")
    with listening() as (address, asked):
        names = [
            f"<img src='{address}/a.png'><b>bold</b>",
            f"<link rel=stylesheet href={address}/b.css>",
            f"<style>@import url({address}/c.css)</style>",
            f'<pdf:include src="file://{secret}"/><iframe src="file://{secret}"></iframe>',
            f"<!ENTITY x SYSTEM 'file://{secret}'>&x;&amp;",
            "{{ 7 * 7 }}{% include 'style.html' %}",
            "</td></tr></table><pdf:nextpage/>",
            f"url({address}/d.png)",
        ]
        for n, name in enumerate(names):
            found = report(tmp_path / str(n), record(name=name), title=name, query="job_id=10")
            assert len(found.pages) == 1
            assert "the secret" not in found.text
            assert found.has(name[:12])
            resources = PdfReader(io.BytesIO(found.content)).pages[0]
            assert "/Annots" not in resources
            assert not list(resources.images)
    assert asked == []


def test_what_is_searched_for_is_printed_and_no_markup(tmp_path: Path) -> None:
    found = report(tmp_path, record(), query="job_name=%3Cb%3Enight%26amp%3B")
    assert "Only: job name contains “<b>night&amp;”, or is its id." in found.text


def test_without_a_network_there_is_a_report_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a report needs no network")

    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert "nightly_load" in report(tmp_path, record()).text


@pytest.mark.parametrize("name", ["w" * 300, "漢字" * 150, "تقرير" * 60, "a_long_name_" * 25])
def test_long_names_are_cut_with_an_ellipsis_before_they_meet_the_next_column(
    tmp_path: Path, name: str
) -> None:
    found = report(tmp_path, record(name=name, run="run-of-it"))
    assert "…" in found.text
    assert "run-of-it" in found.text


def test_a_text_is_folded_at_its_signs_and_never_wider_than_its_room() -> None:
    text = "the_quick_brown_fox jumps over the lazy dog " * 3
    lines = fold(text, 120, 8, most=4)
    assert len(lines) == 4
    assert lines[0].endswith(("_", "x", "s", "r", "e"))
    assert lines[-1].endswith("…")
    assert all(text_width(each, 8) <= 120 for each in lines)
    assert cut("short", 120, 8) == "short"
    assert cut("", 120, 8) == ""
