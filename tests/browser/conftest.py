"""One server with the shared data, and one real browser, for all browser tests."""

import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databricks_side import copy_of, environment_of
from loopback.server import loopback_warehouse
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright

from browser.screen import Screen, opened, serving
from dbspend360.warehouse.imports.importer import import_files

expect.set_options(timeout=15_000)  # as what is clicked: the machine does other things, too

WIDE: ViewportSize = {"width": 1440, "height": 1000}
DATA = Path(__file__).parent.parent / "data" / "job_spends.csv"


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spends")
    import_files([DATA], folder)
    return folder


@pytest.fixture(scope="session", params=["embedded", "databricks"])
def site(request: pytest.FixtureRequest, data_folder: Path, tmp_path_factory: Any) -> Iterator[str]:
    """The same data behind the same page, from a file and through the Databricks connector."""
    links = {
        "DBSPEND360_WORKSPACE_URL": "https://workspace.example",
        "DBSPEND360_CACHE_SECONDS": "7200",  # nothing is asked anew while the tests run
    }
    if request.param == "embedded":
        with serving(data_folder, **links) as address:
            know_the_alerts(address)
            yield address
        return
    with loopback_warehouse() as loopback:
        copy_of(loopback, data_folder)
        folder = tmp_path_factory.mktemp("databricks")
        with serving(folder, **environment_of(loopback), **links) as address:
            know_the_alerts(address)
            yield address
        assert loopback.open_sessions == 0  # the server closed what it had opened


def know_the_alerts(address: str) -> None:
    """A page whose alerts come late asks for itself once more: right, but not to be counted on."""
    for tries_left in reversed(range(10)):
        try:
            with urllib.request.urlopen(f"{address}/export/job-spends.csv?alerts=only") as answer:
                assert answer.read()
                return
        except urllib.error.HTTPError as error:
            if error.code != 503 or not tries_left:  # 503: the alerts are not known yet, ask again
                raise
            time.sleep(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)  # else Playwright's own download
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=quiet)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def warm_context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all: the scripts are loaded and compiled once."""
    with browser.new_context(viewport=WIDE, color_scheme="light") as context:
        context.set_default_timeout(15_000)
        yield context


@pytest.fixture
def screen(warm_context: BrowserContext, site: str) -> Iterator[Screen]:
    with opened(warm_context, site) as found:
        yield found
        found.page.evaluate("localStorage.clear()")
        found.page.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=WIDE, color_scheme="light") as context:
        context.set_default_timeout(15_000)
        yield context
