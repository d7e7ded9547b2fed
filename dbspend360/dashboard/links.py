"""Links that change the view."""

import json
from typing import Any

from dash import html

from dbspend360.dashboard.elements import data
from dbspend360.models.job import job_path
from dbspend360.models.view_query import write_query
from dbspend360.models.view_state import ViewState


def job_link(
    children: Any,  # noqa: ANN401
    view: ViewState,
    job: tuple[str, str],
    *,
    class_name: str = "",
    **attributes: Any,  # noqa: ANN401
) -> html.A:
    """A link to the page of a job, by its workspace and id, with the view.

    Just before it is used it gets what the address bar says then (see assets/actions.js).
    """
    path = job_path(*job)
    return html.A(
        children,
        href=f"{path}?{write_query(view)}".removesuffix("?"),
        className=class_name,
        **data(job=path),
        **attributes,
    )


def view_link(
    children: Any,  # noqa: ANN401 - whatever Dash takes as children
    view: ViewState,
    change: dict[str, str],
    *,
    class_name: str = "",
    run: str = "",
    **attributes: Any,  # noqa: ANN401
) -> html.A:
    """A link to the view with a change, '' meaning "without it".

    A click changes what the address bar says at that moment (see assets/view.js); the address in
    the link itself serves a new tab.
    """
    fields = {name: value for name, value in change.items() if name in type(view).model_fields}
    if "preset" in fields:
        fields["preset"] = fields["preset"] or None  # type: ignore[assignment]
    target = write_query(view.with_changes(**fields), run=run)
    return html.A(
        children,
        href=f"?{target}",
        className=class_name,
        **data(change=json.dumps(change | ({"run": run} if run else {}))),
        **attributes,
    )
