"""A progress bar where somebody watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dbspend360.warehouse.imports.report import Progress

BAR_STEPS = 1_000


@contextmanager
def bar(*, shown: bool) -> Iterator[Progress | None]:
    """The steps of a long work; None where nobody watches."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    with click.progressbar(length=BAR_STEPS, label="Importing", file=sys.stderr) as bar:

        def tell(stage: str, share: float) -> None:
            bar.label = stage.capitalize() if stage.islower() else stage
            bar.update(max(0, int(share * BAR_STEPS) - bar.pos))

        yield tell
        bar.update(BAR_STEPS - bar.pos)
