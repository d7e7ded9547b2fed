"""Which columns a file may have, must have, and has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dbspend360.errors import BadFile

REQUIRED = ("cluster_id", "ec2_cost", "job_id", "run_id", "usage_date", "databricks_cost")
OPTIONAL = ("workspace_id", "job_name", "run_as", "result_state", "team", "currency")
KNOWN = REQUIRED + OPTIONAL
OTHER_NAMES = {"cloud_cost": "ec2_cost"}
TAKEN_FOR_GRANTED = {"is_serverless"}  # known, but it follows from the cluster and the costs


@dataclass(frozen=True)
class Columns:
    """Where the known columns of one file stand."""

    places: dict[str, int]  # known name to position, from 0
    ignored: tuple[str, ...]
    width: int


def known_name(title: str) -> str:
    """The name we know a column by: `" Cloud_Cost"` is `ec2_cost`."""
    name = title.strip().lower()
    return OTHER_NAMES.get(name, name)


def match_columns(file: str, titles: Sequence[str]) -> Columns:
    """Find the known columns among `titles`; BadFile names those that are twice or missing."""
    _refuse_two_of_a_kind(file, titles)
    names = [known_name(title) for title in titles]
    if missing := [name for name in REQUIRED if name not in names]:
        raise BadFile(
            f"{file} has no column {_listed(missing)}. The first line must name at least "
            f"{_listed(REQUIRED)}."
        )
    return Columns(
        places={name: names.index(name) for name in KNOWN if name in names},
        ignored=tuple(
            title.strip()
            for title, name in zip(titles, names, strict=True)
            if name and name not in KNOWN and name not in TAKEN_FOR_GRANTED
        ),
        width=len(titles),
    )


def _refuse_two_of_a_kind(file: str, titles: Sequence[str]) -> None:
    trimmed = [title.strip().lower() for title in titles]
    if twice := [name for name, times in Counter(trimmed).items() if name and times > 1]:
        raise BadFile(f"{file} has the column {_listed(twice)} more than once: keep one of each.")
    for other, name in OTHER_NAMES.items():
        if other in trimmed and name in trimmed:
            raise BadFile(f"{file} has both {name} and {other}, which mean the same: keep one.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
