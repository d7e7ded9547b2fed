import re
import sys
from importlib.metadata import version

import pytest
from page_driver import MakePage
from spend_records import record

PAGES = ["/", "/alerts", "/check", "/api/docs"]
OTHERS = ["/api/summary", "/api/nothing", "/healthz", "/export/job-spends.csv", "/assets/page.css"]


@pytest.mark.parametrize("address", PAGES + OTHERS)
def test_every_answer_protects_the_browser(page: MakePage, address: str) -> None:
    with page(record()).client.get(address) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"].startswith("'self' 'sha256-")
    assert "unsafe" not in policy["script-src"]
    assert policy["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_a_handler_inside_its_html(page: MakePage, address: str) -> None:
    html = page(record()).client.get(address).get_data(as_text=True)
    assert not re.search(r"<[^>]+\son[a-z]+=", html)
    assert not re.search(r"javascript:", html)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_names_the_versions_it_is_made_of(page: MakePage, address: str) -> None:
    html = page(record()).client.get(address).get_data(as_text=True)
    for each in (sys.version.split()[0], version("dash"), version("plotly")):
        assert f'"{each}' not in html
    assert "python_version" not in html
