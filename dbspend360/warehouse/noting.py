"""What the log says of each question."""

import logging
import time

log = logging.getLogger("dbspend360.questions")


def note_answer(question: str, rows: int, began: float, *, cached: bool = False) -> None:
    """One line: which question, how many rows, how long since `began` (`perf_counter`)."""
    milliseconds = round((time.perf_counter() - began) * 1000, 1)
    word = "yes" if cached else "no"
    known = {"question": question, "rows": rows, "ms": milliseconds, "cached": cached}
    log.info(
        "question=%s rows=%d ms=%.1f cached=%s", question, rows, milliseconds, word, extra=known
    )
