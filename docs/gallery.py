"""Every page and state in both themes and three widths, to be looked at: `make gallery`.

The pictures are of demo data up to a fixed day, as those of the docs are. They are not kept with
the code: `python docs/gallery.py FOLDER` writes them there, some by name: `… FOLDER budget empty`.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect
from screenshots import PICTURES, Picture, chromium, demo_folder, serving, take

WIDTHS = (1440, 820, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
JOB = "865057131580913"
JOB_IS_THERE = """() => document.querySelector('.job__runs tbody tr')
    && !document.querySelector('.skeleton')"""
PLAIN = "() => document.querySelector('h1')"


def open_budget(page: Page) -> None:
    """The dialog of the monthly budget."""
    page.locator("[data-action=budget]").first.click()
    expect(page.locator("#budget-amount")).to_be_visible()


def open_definition(page: Page) -> None:
    """What a "?" says."""
    page.locator("#card-total-spend .explain").first.click()


def open_tables(page: Page) -> None:
    """The tables behind the charts."""
    page.locator("#chart-trend-as-table").click()
    page.locator("#chart-top-jobs-as-table").click()


def open_columns(page: Page) -> None:
    """The columns there are."""
    page.get_by_role("button", name="Columns").click()


def open_exports(page: Page) -> None:
    """What can be done with a view."""
    page.locator("#export-menu summary").click()


def open_keys(page: Page) -> None:
    """The list of keys."""
    page.keyboard.press("?")


def open_calendar(page: Page) -> None:
    """The days to choose."""
    page.locator("#filter-dates").click()


MORE = (
    Picture("by-day", "group_by=day"),
    Picture("by-cluster", "group_by=cluster"),
    Picture("by-record", "group_by=record"),
    Picture("one-day", "preset=yesterday"),
    Picture("a-year", "start_date=2025-11-22&end_date=2026-11-21"),
    Picture("alerts-only", "alerts=only"),
    Picture("one-job", f"job_id={JOB}"),
    Picture("no-such-job", "job_name=nobody"),
    Picture("odd-link", "start_date=banana&sort=price"),
    Picture("tables", then=open_tables),
    Picture("budget", then=open_budget),
    Picture("definition", then=open_definition),
    Picture("columns", then=open_columns),
    Picture("exports", then=open_exports),
    Picture("calendar", then=open_calendar),
    Picture("keys", then=open_keys),
    Picture("job", path=f"job/{JOB}", settled=JOB_IS_THERE),
    Picture("import", path="import", settled=PLAIN),
    Picture("check", path="check", settled=PLAIN),
    Picture("api-docs", path="api/docs", settled=PLAIN),
    Picture("nowhere", path="static/nothing", settled=PLAIN),
)
_DIALOGS = {"breakdown", "mail", "budget", "definition", "columns", "exports", "calendar", "keys"}


def pictures(names: Sequence[str]) -> Iterator[Picture]:
    """Those of these names, or all, in each theme and width."""
    every = {each.name: replace(each, only="") for each in (*PICTURES, *MORE)}
    alike = {"page-light": "page", "page-dark": "", "page-phone": ""}
    for name, each in every.items():
        own = alike.get(name, name)
        if not own or (names and own not in names):
            continue
        for width in WIDTHS:
            for theme in THEMES:
                yield replace(
                    each,
                    name=f"{own}-{width}-{theme}",
                    width=width,
                    height=900,
                    theme=theme,
                    full_page=own not in _DIALOGS,
                )


def main(folder: Path, names: Sequence[str]) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with demo_folder() as data, serving(data) as address, chromium() as browser:
        for each in pictures(names):
            take(browser, address, each, folder)
            sys.stdout.write(f"{each.name}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
