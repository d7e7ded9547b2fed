"""The docs name files, commands, parameters, settings and ids: all of them must exist."""

import re
from pathlib import Path

import click
import pytest

from dbspend360.cli import main
from dbspend360.dashboard import ids
from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.definitions import DEFINITIONS
from dbspend360.models.presets import Preset
from dbspend360.models.view_query import KNOWN
from dbspend360.settings import Settings, variables

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "guide.md"
FIGURES = ROOT / "docs" / "figures.md"
HOOKS = ROOT / "docs" / "hooks.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^ {4}|`)(?:\.venv/bin/)?dbspend360 ([^`\n#]+)", re.MULTILINE)
SETTING = re.compile(r"\bDBSPEND360_([A-Z_]+)")
EVERY_SETTING = {name + end for name in Settings.model_fields for end in ("", "_file")}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The headings of a page as a link names them."""
    titles = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def section(page: Path, title: str) -> str:
    return re.split(r"^#+ ", text(page).split(f"# {title}\n", 1)[1], flags=re.MULTILINE)[0]


def examples() -> set[str]:
    """Everything the docs tell a person to type after `dbspend360`."""
    return {found.strip() for page in PAGES for found in COMMAND.findall(text(page))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(text(page)):
        if link.startswith(("http://", "https://")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_picture_is_taken_and_shown() -> None:
    script = text(ROOT / "docs" / "screenshots.py")
    taken = {f"{name}.png" for name in re.findall(r'Picture\(\s*"([\w-]+)"', script)}
    shown = {
        Path(link).name for page in PAGES for link in LINK.findall(text(page)) if "png" in link
    }
    there = {path.name for path in (ROOT / "docs" / "screenshots").iterdir()}
    assert taken == shown == there


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "decisions").iterdir()), ids=lambda page: page.name
)
def test_every_file_that_a_decision_names_exists(page: Path) -> None:
    named = re.findall(r"`([\w/]+\.(?:py|js|css))`", text(page))
    assert named
    assert [name for name in named if not _is_file(name)] == []


def _is_file(name: str) -> bool:
    return (ROOT / name).is_file() or (ROOT / "dbspend360" / name).is_file()


def test_the_docs_have_examples() -> None:
    assert {"check", "import job_spends.csv"} <= examples()


@pytest.mark.parametrize("example", sorted(examples()))
def test_every_command_and_flag_exists(example: str) -> None:
    name, *words = example.split()
    command = main.commands.get(name)
    if isinstance(command, click.Group) and words:
        name, *words = words
        command = command.commands.get(name)
    assert command, f"there is no `dbspend360 {example}`"
    flags = {
        flag for each in command.params if isinstance(each, click.Option) for flag in each.opts
    }
    assert {word for word in words if word.startswith("-")} <= flags | {"--help", "-"}


def test_every_flag_that_is_named_alone_exists() -> None:
    groups = [each for each in main.commands.values() if isinstance(each, click.Group)]
    commands = [
        *main.commands.values(),
        *(own for each in groups for own in each.commands.values()),
    ]
    known = {flag for command in commands for each in command.params for flag in each.opts}
    named = {found for page in PAGES for found in re.findall(r"`(--[\w-]+)`", text(page))}
    assert named <= known | {"--help"}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = {
        t for page in PAGES for t in re.findall(r"(?:`|^ {4})make ([a-z-]+)", text(page), re.M)
    }
    assert named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = {name.lower() for name in SETTING.findall(text(page))}
    assert {name for name in named if name not in EVERY_SETTING} == set()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_readme_says_the_default_of_every_setting(name: str) -> None:
    row = re.search(rf"^\| `{variables(name)[0]}`[^|]* \| ([^|]+) \|", text(README), re.MULTILINE)
    assert row, "not in the table"
    found = Settings.model_fields[name].default
    default = "" if found is None else str(found)
    said = {"true": "True", "false": "False", "empty": ""}
    assert said.get(row[1].strip("` "), row[1].strip("` ")) == default


def test_the_docs_define_each_figure_in_the_words_of_the_page() -> None:
    found = re.findall(r"^## (.+)\n\n((?:.+\n)+)", text(FIGURES), re.MULTILINE)
    *said, _ = [(title, " ".join(words.split())) for title, words in found]
    assert said == [(each.title, each.words) for each in DEFINITIONS.values()]


def test_the_guide_explains_every_parameter_of_a_link() -> None:
    first_cells = re.findall(r"^\| (`[^|]+) \|", section(GUIDE, "Links"), re.MULTILINE)
    assert {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)} == KNOWN


@pytest.mark.parametrize("page", [GUIDE, HOOKS], ids=lambda page: page.name)
def test_every_parameter_in_an_example_exists(page: Path) -> None:
    queries = re.findall(r"[?]((?:\w+=[^`'\"\s]+))", text(page))
    named = {part.partition("=")[0] for query in queries for part in query.split("&")}
    assert named
    assert named <= KNOWN


def test_the_guide_names_every_preset_and_grouping() -> None:
    named = set(re.findall(r"`(\w+)`", section(GUIDE, "Links")))
    assert named >= {*Preset, *Grouping}


def test_the_columns_in_the_guides_examples_exist() -> None:
    known = {each.name for columns in COLUMNS.values() for each in columns}
    named = re.findall(r"(?:sort=-?|where=)(\w+)", text(GUIDE))
    assert named
    assert set(named) <= known


def test_the_promised_ids_exist() -> None:
    known = {value for name, value in vars(ids).items() if name.isupper()}
    promised = set(re.findall(r"^\| `([\w-]+)` \|", section(HOOKS, "Ids"), re.MULTILINE))
    assert len(promised) == 18
    assert promised <= known
