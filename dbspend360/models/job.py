"""A job, its names, and its address."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote

MOST_CHARACTERS = 300  # of an id in an address
_ROOT = "/job/"


@dataclass(frozen=True)
class JobKey:
    """Which job: ids are unique only inside a workspace. None: whichever has it latest."""

    workspace_id: str | None
    job_id: str


@dataclass(frozen=True)
class JobName:
    """A name of a job, and the days on which it was called so; '' is no name."""

    workspace_id: str
    job_name: str
    first_date: date
    last_date: date


def job_path(workspace_id: str, job_id: str) -> str:
    """The page of a job: `/job/71`, with a workspace `/job/7032981465520871/71`, ids quoted."""
    parts = [workspace_id, job_id] if workspace_id else [job_id]
    return _ROOT + "/".join(quote(each, safe="") for each in parts)


def read_job(path: str) -> JobKey | None:
    """The job of such an address, as a browser names it; None where no job can be named so."""
    if not path.startswith(_ROOT) or len(path) > 20 * MOST_CHARACTERS:
        return None
    parts = [unquote(each) for each in path.removeprefix(_ROOT).split("/")]
    if len(parts) > 2 or not all(_is_id(each) for each in parts):
        return None
    return JobKey(parts[0] if len(parts) == 2 else None, parts[-1])


def _is_id(text: str) -> bool:
    # Half of a surrogate pair is no text, and no name holds a null character.
    is_text = not any("\ud800" <= each <= "\udfff" for each in text)
    return 0 < len(text) <= MOST_CHARACTERS and "\0" not in text and is_text
