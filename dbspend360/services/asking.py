"""Asks the warehouse for the parts of an answer; one that fails leaves the others be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer

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
    with ThreadPoolExecutor(len(asks)) as threads:
        # With the context, so that all share the time that the request has.
        begun = [threads.submit(copy_context().run, asked, ask) for ask in asks]
        return [each.result() for each in begun]


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
