"""`/api/docs`: the description as a page."""

from typing import Any


def docs_page(found: dict[str, Any]) -> str:
    """HTML."""
    return "<!doctype html>"
