import re
from pathlib import Path

import pytest
from flask import Flask
from page_driver import MakePage
from spend_records import record

from dbspend360.dashboard.bundles import Bundles

PAGES = ["/", "/alerts", "/reports"]
FIRST = '<script src="/_dash-component-suites/x/first.js"></script>'
OURS = '<script src="/assets/a.js?m=1.5"></script>\n<script src="/assets/b.js?m=1.5"></script>'
LAST = '<script src="/_dash-component-suites/x/last.js"></script>'


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    (tmp_path / "vendor").mkdir()
    for name in ("a.js", "b.js", "a.css", "b.css", "vendor/bootstrap.min.css"):
        (tmp_path / name).write_text(f"/* {name} */")
    return tmp_path


def addresses(tags: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', tags)


def test_what_is_ours_is_one_file_after_all_others(assets: Path) -> None:
    server = Flask("test")
    found = addresses(Bundles(server, assets).scripts(FIRST + OURS + LAST, "home"))
    assert found[0] == "/_dash-component-suites/x/first.js"
    assert found[1] == "/_dash-component-suites/x/last.js"
    answer = server.test_client().get(found[2])
    assert answer.text == "/* a.js */\n;\n/* b.js */"
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_table_s_script_is_left_to_ours(assets: Path) -> None:
    grid = "/_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js"
    tags = f'{FIRST}<script src="{grid}"></script>{OURS}'
    found = Bundles(Flask("test"), assets).scripts(tags, "home")
    assert grid not in addresses(found)
    assert f'data-grid="{grid}"' in found.splitlines()[-1]


def test_styles_keep_their_order_after_bootstrap(assets: Path) -> None:
    server = Flask("test")
    tags = '<link rel="stylesheet" href="/assets/a.css?m=1">\n<link href="/assets/b.css">'
    [address] = addresses(Bundles(server, assets).styles(tags, "home"))
    answer = server.test_client().get(address)
    assert re.findall(r"/\* (\S+) \*/", answer.text) == [
        "vendor/bootstrap.min.css",
        "a.css",
        "b.css",
    ]
    assert answer.mimetype == "text/css"


def test_a_changed_file_has_another_address(assets: Path) -> None:
    before = Bundles(Flask("before"), assets).scripts(OURS, "home")
    (assets / "b.js").write_text("changed")
    assert Bundles(Flask("after"), assets).scripts(OURS, "home") != before


def test_a_page_of_another_version_gets_this_versions_file_and_does_not_keep_it(
    assets: Path,
) -> None:
    server = Flask("test")
    bundles = Bundles(server, assets)
    bundles.styles("", "home")
    bundles.scripts(OURS, "home")
    answer = server.test_client().get("/bundle/home.0123456789abcdef.js")
    assert answer.text.startswith("/* a.js */")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["other.0123.js", "home", ".js", "..%2fapp.py", "home.py"])
def test_nothing_else_is_served(assets: Path, name: str) -> None:
    server = Flask("test")
    Bundles(server, assets).scripts(OURS, "home")
    assert server.test_client().get(f"/bundle/{name}").status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_for_few_files(page: MakePage, address: str) -> None:
    client = page(record()).client
    html = client.get(address).get_data(as_text=True)
    files = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', html)
    assert len(files) <= 10
    assert len([each for each in files if each.startswith("/bundle/")]) == 3
    for each in files:
        with client.get(each) as answer:
            assert answer.status_code == 200, each


def test_no_page_has_scripts_that_it_never_uses(page: MakePage) -> None:
    html = page(record()).client.get("/").get_data(as_text=True)
    assert "polyfill" not in html
    assert "/dash_table/" not in html
