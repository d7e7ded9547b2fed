"""What `make bench` prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench_measure import Measure


def heading() -> str:
    """The first two lines of the table."""
    titles = "| records | what | median | quartiles | floor | times the floor |"
    return f"{titles}\n|--:|---|--:|--:|---|--:|"


def row(each: Measure) -> str:
    """One line of the table."""
    records = f"{each.records:,}" if each.records else ""
    spread = f"{each.low:.2f} to {each.high:.2f}" if each.high else ""
    ratio = f"{each.ratio:.3g}" if each.floor not in ("", "itself") else ""
    value = f"{each.value:,.2f} {each.unit}"
    return f"| {records} | {each.name} | {value} | {spread} | {each.floor} | {ratio} |"


def table(found: Sequence[Measure]) -> str:
    """All of it, as Markdown."""
    return "\n".join([heading(), *map(row, found)])


def compared(before: Sequence[Mapping[str, Any]], now: Sequence[Measure]) -> str:
    """What both runs have, side by side. Ratios say more: the machine may have been busier."""
    earlier = {(each["records"], each["name"]): each for each in before}
    lines = [
        "| records | what | before | now | times floor before | now |",
        "|--:|---|--:|--:|--:|--:|",
    ]
    for each in now:
        old = earlier.get((each.records, each.name))
        if old:
            value = f"{old['value']:,.2f} | {each.value:,.2f} {each.unit}"
            ratio = f"{old['ratio']:.3g} | {each.ratio:.3g}" if each.floor else " | "
            lines.append(f"| {each.records:,} | {each.name} | {value} | {ratio} |")
    return "\n".join(lines)
