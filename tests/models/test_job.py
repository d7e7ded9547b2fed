"""The address of a job holds any id, and gives it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dbspend360.models.job import MOST_CHARACTERS, JobKey, job_path, read_job

ids = some.text(
    some.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    min_size=1,
    max_size=MOST_CHARACTERS,
)


@given(ids, ids | some.just(""))
def test_an_address_gives_back_the_job_it_was_made_of(job: str, workspace: str) -> None:
    path = job_path(workspace, job)
    assert path.isascii()
    assert read_job(path) == JobKey(workspace or None, job)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/jobs/",
        "/job",
        "/job/",
        "/job//71",
        "/job/w/",
        "/job/a/b/c",
        "/job/%00",
        "/job/\ud800",
        "/job/" + "x" * (MOST_CHARACTERS + 1),
        "/job/" + "%41" * 5_000,
    ],
    ids=lambda path: repr(path[:20]),
)
def test_an_address_without_a_job_names_none(path: str) -> None:
    assert read_job(path) is None


def test_bytes_that_are_no_text_are_no_failure() -> None:
    assert read_job("/job/%ff") == JobKey(None, "\N{REPLACEMENT CHARACTER}")
