"""One number that `make bench` found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A number, and the floor it stands on."""

    records: int  # 0: whatever there are
    name: str
    unit: str
    value: float
    low: float = 0.0  # the quartiles, where there are rounds
    high: float = 0.0
    floor: str = ""
    ratio: float = 0.0  # to the floor
