"""What the app promises itself, and whether the numbers keep it."""

from collections.abc import Iterator, Sequence

from bench_measure import Measure

MILLION, TEN = 1_000_000, 10_000_000


class Numbers:
    """The numbers by what they are of."""

    def __init__(self, found: Sequence[Measure]) -> None:
        self._found = {(each.records, each.name): each for each in found}

    def value(self, records: int, name: str) -> float | None:
        """None where it was not measured."""
        each = self._found.get((records, name))
        return each.value if each else None

    def ratio(self, records: int, name: str) -> float | None:
        """To its floor."""
        each = self._found.get((records, name))
        return each.ratio if each else None

    def times(self, records: int, name: str, of_records: int, of_name: str) -> float | None:
        """One number as so many times another."""
        one, other = self.value(records, name), self.value(of_records, of_name)
        return None if one is None or other is None else one / other


def verdicts(found: Sequence[Measure]) -> Iterator[str]:
    """A line for each target whose numbers were measured."""
    numbers = Numbers(found)
    for words, value, most in [
        *_flat(numbers),
        *_faster(numbers),
        *_web(numbers),
        *_sizes(numbers),
        *_page(numbers),
    ]:
        if value is not None:
            word = "met" if value <= most else "MISSED"
            yield f"- {word}: {words}: {value:.3g}, at most {most:.3g}"


Target = tuple[str, float | None, float]


def _flat(numbers: Numbers) -> Iterator[Target]:
    for name in ("summary", "trend"):
        for records in (MILLION, TEN):
            ratio = numbers.times(records, f"{name}, 365 days", records, f"{name}, 30 days")
            yield f"{name}, 365 days against 30, {records:,} records", ratio, 1.3
        ratio = numbers.times(TEN, f"{name}, 365 days", MILLION, f"{name}, 365 days")
        yield f"{name}, ten million records against one", ratio, 1.3
    for records in (MILLION, TEN):
        for name in ("deep page", "job search"):
            ratio = numbers.times(records, f"{name}, 365 days", records, "first page, 365 days")
            yield f"{name} against the first page, {records:,} records", ratio, 2


def _faster(numbers: Numbers) -> Iterator[Target]:
    for name, times in (("summary", (4, 15)), ("trend", (4, 15)), ("first page", (2, 3))):
        for records, faster in zip((MILLION, TEN), times, strict=True):
            full = f"{name}, 365 days"
            ratio = numbers.times(records, full, records, f"{full}: plain")
            yield f"{full}, against a plain scan of {records:,} records", ratio, 1 / faster


def _web(numbers: Numbers) -> Iterator[Target]:
    for records in (100_000, MILLION, TEN):
        for name in ("summary", "trend", "top jobs", "first page"):
            for days in (30, 365):
                api, raw = f"API {name}, {days} days", f"{name}, {days} days: asked"
                route, asked = numbers.value(records, f"{api}: route"), numbers.value(records, raw)
                warm = numbers.times(records, f"{api}: warm", records, f"{api}: route")
                yield f"{api}, warm against an empty route, {records:,} records", warm, 1.2
                cold = numbers.value(records, f"{api}: cold")
                if route is not None and asked is not None and cold is not None:
                    most = 1.25 if asked >= 3 else 1.5
                    words = f"{api}, cold against question and route, {records:,} records"
                    yield words, cold / (asked + route), most


def _sizes(numbers: Numbers) -> Iterator[Target]:
    yield "MB of a worker, a million records", numbers.value(MILLION, "worker memory"), 225
    yield "MB of a worker, ten million records", numbers.value(TEN, "worker memory"), 280
    yield "seconds to import ten million records", numbers.value(TEN, "import"), 60
    yield "MB to import ten million records", numbers.value(TEN, "import memory"), 2000
    yield "seconds until ready", numbers.value(MILLION, "ready"), 1.5
    yield "MB on the disk", numbers.value(0, "install size"), 400


def _page(numbers: Numbers) -> Iterator[Target]:
    yield "kB for a first visit", numbers.value(MILLION, "page: fetched"), 800
    yield "requests of a first visit", numbers.value(MILLION, "page: requests"), 20
    for part in ("row", "bars"):
        yield f"first {part} against a bare page", numbers.ratio(MILLION, f"page: {part}"), 1.5
    for name in ("sort", "preset", "search", "dialog"):
        p95 = numbers.value(MILLION, f"click: {name}, p95")
        yield f"ms from a click to pixels, p95, {name}", p95, 250
    for name in ("above the table", "rows"):
        ratio = numbers.ratio(MILLION, f"callback: {name}")
        yield f"callback {name} against an empty one", ratio, 2
