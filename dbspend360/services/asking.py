"""Asks the warehouse for the parts of an answer; one that fails leaves the others be."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer

_MOST_THREADS = 256  # more than all requests of a server ask at once

T = TypeVar("T")
Part = Answer[T] | DBSpendError


def asked(ask: Callable[[], Answer[T]]) -> Part[T]:
    """The answer, or why there is none."""
    try:
        return ask()
    except DBSpendError as error:
        return error


def asked_together(*asks: Callable[[], Answer[Any]]) -> list[Part[Any]]:
    """The answers in the order of the questions, asked side by side.

    A question to Databricks takes most of a second, whatever it asks: four of them take one.
    """
    first, *others = asks
    # With the context, so that all share the time that the request has.
    begun = [_threads.submit(copy_context().run, asked, ask) for ask in others]
    return [asked(first), *(each.result() for each in begun)]


def _new_threads() -> ThreadPoolExecutor:
    """For all requests: a thread takes as long to begin as an answer from memory."""
    return ThreadPoolExecutor(_MOST_THREADS, "asking")  # begins none yet


def _after_fork() -> None:
    global _threads  # a child has none of its parent's
    _threads = _new_threads()


_threads = _new_threads()
os.register_at_fork(after_in_child=_after_fork)


def answered_together(*asks: Callable[[], Answer[Any]]) -> list[Answer[Any]]:
    """The same where all answers are needed.

    Raises:
        DBSpendError: the first part that has none.
    """
    found = asked_together(*asks)
    for each in found:
        if isinstance(each, DBSpendError):
            raise each
    return [each for each in found if isinstance(each, Answer)]
