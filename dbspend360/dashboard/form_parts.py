"""What every form is made of: a field with its words, and the sentence below it."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dbspend360.models.view_query import Problem


def error_id(field: str) -> str:
    """Where a field says what is wrong with it."""
    return f"{field}-error"


def field(field_id: str, title: str, control: Any, hint: Any = "") -> html.Div:  # noqa: ANN401
    """A control below its label, with a hint and room for what is wrong."""
    return html.Div(
        [
            html.Label(title, htmlFor=field_id, className="form__label"),
            control,
            html.Div(hint, id=f"{field_id}-hint", className="form__hint") if hint else None,
            html.Div(id=error_id(field_id), className="form__error", role="alert"),
        ],
        className="form__field",
    )


def field_sentence(problem: Problem, titles: Mapping[str, str]) -> str:
    """What is wrong, as it stands below the field; `titles` name the fields."""
    words = problem.problem.rstrip(".")
    if words.startswith(("is ", "are ", "must ", "holds ")):
        words = f"{titles.get(problem.field, 'This')} {words}"
    return f"{words[:1].upper()}{words[1:]}."
