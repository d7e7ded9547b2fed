"""What the person can ask for. The URL is the only state: `assets/view.js` keeps both in step."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import aria, data, icon
from dbspend360.dashboard.links import view_link
from dbspend360.models.presets import Preset
from dbspend360.models.view_state import ViewState


def layout() -> html.Div:
    """Presets, dates, job, clear; below them what else narrows the view."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(_presets(), role="group", **aria(label="Days")),
                    _own_filters(),
                ],
                className="filters__row",
            ),
            html.Div(id=ids.FILTER_CHIPS, className="chips"),
        ],
        className="filters",
        role="search",
    )


def _own_filters() -> html.Div:
    return html.Div(
        [
            dcc.DatePickerRange(
                id=ids.FILTER_DATES,
                updatemode="bothdates",
                minimum_nights=0,
                display_format="D MMM YYYY",
                first_day_of_week=1,
                start_date_placeholder_text="First day",
                end_date_placeholder_text="Last day",
                className="dates",
            ),
            _job_search(),
            html.Button(
                "Clear",
                id=ids.FILTER_CLEAR,
                className="button",
                title="Back to the last 30 days of all jobs",
                **data(action="clear"),
            ),
        ],
        className="filters__own",
    )


def _presets() -> dbc.RadioItems:
    return dbc.RadioItems(
        id=ids.FILTER_PRESET,
        options=[{"label": each.words, "value": each.value} for each in Preset],
        class_name="pills",
        input_class_name="pills__input",
        label_class_name="pills__label",
        label_checked_class_name="pills__label--on",
    )


def _job_search() -> html.Div:
    words = "Job name or id…"
    return html.Div(
        [
            icon("search"),
            dbc.Input(
                id=ids.FILTER_JOB,
                type="search",
                debounce=350,  # milliseconds
                maxlength=300,
                placeholder=words,
                class_name="job-search__input",
                autocomplete="off",
            ),
        ],
        className="job-search",
        title="Part of a job's name in any case, or a whole job id",
    )


def grouping_control() -> dbc.RadioItems:
    """What one row of the table stands for."""
    return dbc.RadioItems(
        id=ids.FILTER_GROUP,
        options=[
            {"label": name.capitalize(), "value": name}
            for name in ("run", "job", "cluster", "day", "record")
        ],
        class_name="segments",
        input_class_name="segments__input",
        label_class_name="segments__label",
        label_checked_class_name="segments__label--on",
    )


def chips(view: ViewState, job_name: str) -> list[Any]:
    """The exact job, workspace and cluster of the view, each with a link that drops it."""
    words = {
        "job_id": f"Job {job_name or view.job_id}",
        "workspace_id": f"Workspace {view.workspace_id}",
        "cluster_id": f"Cluster {view.cluster_id}",
    }
    return [
        view_link(
            [html.Span(text, dir="auto"), icon("x-lg")],
            view,
            {name: ""},
            class_name="chip",
            title=f"Remove: {text}",
        )
        for name, text in words.items()
        if getattr(view, name)
    ]
