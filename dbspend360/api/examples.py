"""One example of each answer, for the description of the API."""

from decimal import Decimal as Usd
from typing import Any

_WORKSPACE, _JOB, _RUN = "7032981465520871", "865057131580913", "314060377583638"
_CLUSTER = "1117-032823-278f0af1"

_COSTS = {
    "ec2_cost": Usd("120.500000"),
    "databricks_cost": Usd("88.250000"),
    "total_cost": Usd("208.750000"),
}
_RUN_KEY = {"workspace_id": _WORKSPACE, "job_id": _JOB, "run_id": _RUN}

META = {
    "filters_applied": {"start_date": "2026-11-01", "end_date": "2026-11-20"},
    "cache_hit": True,
    "query_time_ms": 4.5,
    "as_of": "2026-11-21T08:00:00+00:00",
    "stale": False,
}

JOB_SPENDS: dict[str, Any] = {
    "job_spends": [
        {
            "job_name": "nightly_load",
            "run_id": _RUN,
            "first_date": "2026-11-20",
            "last_date": "2026-11-20",
            "cluster_id": _CLUSTER,
            "clusters": 1,
            "job_id": _JOB,
            "workspace_id": _WORKSPACE,
            "run_as": "etl@example.com",
            "team": "data",
            "result_state": "SUCCESS",
            "records": 1,
            "unknown_ec2_records": 0,
            **_COSTS,
        }
    ],
    "pagination": {"page": 1, "per_page": 50, "total": 1, "pages": 1},
    "totals": {"records": 1, "unknown_ec2_records": 0, **_COSTS},
}

CSV = (
    "usage_date,jobs,runs,records,unknown_ec2_records,average_run_cost,"
    "ec2_cost,databricks_cost,total_cost\r\n"
    "2026-11-20,1,1,1,0,208.750000,120.500000,88.250000,208.750000\r\n"
)

NDJSON = (
    '{"usage_date":"2026-11-20","jobs":1,"runs":1,"records":1,"unknown_ec2_records":0,'
    '"average_run_cost":208.750000,"ec2_cost":120.500000,"databricks_cost":88.250000,'
    '"total_cost":208.750000}\n'
)

PDF = "%PDF-1.4 ..."

EXPORTED_VIEW: dict[str, Any] = {
    "preset": "last_month",
    "group_by": "job",
    "sort": "-total_cost",
    "where": ["total_cost.greaterThan.100"],
}

_PERIOD: dict[str, Any] = {
    "start_date": "2026-11-01",
    "end_date": "2026-11-20",
    "total_spend": Usd("208.750000"),
    "total_jobs": 1,
    "total_runs": 1,
    "total_records": 1,
    "avg_cost": Usd("208.750000"),
    "median_cost": Usd("208.750000"),
    "max_cost": Usd("208.750000"),
    "ec2_cost": Usd("120.500000"),
    "databricks_cost": Usd("88.250000"),
    "unknown_ec2_records": 0,
    "highest_run": {**_RUN_KEY, "job_name": "nightly_load", "last_date": "2026-11-20"},
}

SUMMARY: dict[str, Any] = {
    **_PERIOD,
    "previous": {**_PERIOD, "start_date": "2026-10-12", "end_date": "2026-10-31"},
    "previous_is_whole": True,
    "change_percent": Usd("0.000000"),
}

TREND: dict[str, Any] = {
    "trend": [
        {"usage_date": "2026-11-20", **_COSTS, "unknown_ec2_records": 0, "is_final": False},
    ],
    "previous": [
        {
            "usage_date": "2026-10-31",
            "ec2_cost": None,
            "databricks_cost": Usd("7.000000"),
            "total_cost": Usd("7.000000"),
            "unknown_ec2_records": 3,
            "is_final": True,
        },
    ],
}

FORECAST: dict[str, Any] = {
    "start_date": "2026-11-01",
    "end_date": "2026-11-30",
    "spent": Usd("198214.120000"),
    "expected": Usd("255404.310000"),
    "low": Usd("246233.190000"),
    "high": Usd("264575.430000"),
    "through": "2026-11-22",
    "reason": "",
}

TOP: dict[str, Any] = {
    "top_jobs": [
        {
            "workspace_id": _WORKSPACE,
            "job_id": _JOB,
            "job_name": "nightly_load",
            **_COSTS,
            "previous_cost": Usd("190.000000"),
        }
    ]
}

CHANGES: dict[str, Any] = {
    "changes": [
        {
            "workspace_id": _WORKSPACE,
            "job_id": _JOB,
            "job_name": "nightly_load",
            "shown_cost": Usd("208.750000"),
            "previous_cost": Usd("190.000000"),
            "change": Usd("22.750000"),
            "early_change": Usd("-4.000000"),
        }
    ],
    "other_jobs": 12,
    "other_change": Usd("3.250000"),
    "early_change": Usd("-6.000000"),
    "difference": Usd("20.000000"),
    "shown_cost": Usd("708.750000"),
    "previous_cost": Usd("688.750000"),
    "previous_is_whole": True,
}

BREAKDOWN: dict[str, Any] = {
    "run": {
        **_RUN_KEY,
        "job_name": "nightly_load",
        "run_as": "etl@example.com",
        "team": "data",
        "result_state": "SUCCESS",
        "first_date": "2026-11-20",
        "last_date": "2026-11-20",
        "clusters": [_CLUSTER],
        "total_records": 1,
        "unknown_ec2_records": 0,
        **_COSTS,
    },
    "records": [{"usage_date": "2026-11-20", "cluster_id": _CLUSTER, **_COSTS}],
    "normal": {
        "runs": 28,
        "median_cost": Usd("190.000000"),
        "low_cost": Usd("170.000000"),
        "high_cost": Usd("215.000000"),
    },
    "history": [{"run_id": _RUN, "first_date": "2026-11-20", **_COSTS}],
}

PRESETS: dict[str, Any] = {
    "presets": [
        {
            "preset": "last_30_days",
            "title": "Last 30 days",
            "start_date": "2026-10-22",
            "end_date": "2026-11-20",
            "is_default": True,
        }
    ]
}

ALERT_CONFIG: dict[str, Any] = {
    "threshold_amount": Usd("1200.00"),
    "threshold_percentage": Usd("200.00"),
    "minimum_increase_usd": Usd("20.00"),
    "email_notifications": True,
    "dashboard_highlights": True,
    "recipients": ["dana@example.com"],
    "apprise_urls": [],
    "job_name": "",
    "digest_hour": None,
    "updated_at": "2026-11-20T08:00:00+00:00",
}

ACTION: dict[str, Any] = {"action": "snooze", "until": "2026-11-25T08:00:00Z"}

_INCIDENT: dict[str, Any] = {
    "incident_id": "8d4e44e43bfc7991e554",
    "rule": "percentage",
    "state": "open",
    "workspace_id": _WORKSPACE,
    "job_id": _JOB,
    "job_name": "nightly_load",
    "opened_at": "2026-11-21T08:00:00+00:00",
    "changed_at": "2026-11-21T08:00:00+00:00",
    "snoozed_until": None,
    "impact_usd": Usd("146.750000"),
    "alert_count": 1,
    "alerts": [
        {
            "usage_date": "2026-11-20",
            "run_id": _RUN,
            "subject": "A run cost $208.75",
            "reason": "3.4x this job's normal of $62.00",
            "total_cost": Usd("208.750000"),
            "expected_cost": Usd("62.000000"),
            "excess_usd": Usd("146.750000"),
            "is_early": False,
        }
    ],
    "history": [
        {"at": "2026-11-21T08:00:00+00:00", "who": "", "what": "Opened with 1 alert"},
    ],
    "messages": [
        {
            "message_id": "8d4e44e43bfc7991e554-1-mail",
            "place": "mail to dana@example.com",
            "stage": "sent",
            "words": "sent",
        }
    ],
}

ALERTS: dict[str, Any] = {"open_count": 1, "incidents": [_INCIDENT]}
INCIDENT: dict[str, Any] = {"incident": _INCIDENT}

_FAILURES: dict[str, tuple[str, list[dict[str, str]]]] = {
    "too_many_requests": ("Too many requests: wait 12 seconds.", []),
    "no_room": ("The disk of data/cache/exports is full, so the file could not be made.", []),
    "too_many_exports": ("Other large files are being made just now: try again soon.", []),
    "export_failed": ("The process that made the file was ended before it was done.", []),
    "bad_request": (
        "per_page: '5000' is too large; 1000 is the most.",
        [{"field": "per_page", "problem": "'5000' is too large; 1000 is the most"}],
    ),
    "not_found": ("There is no run 314060377583638 in the data.", []),
    "not_acceptable": ("This address cannot answer in a format that Accept names.", []),
    "internal_error": ("Something went wrong on the server. The log says what.", []),
    "warehouse_refused": ("Databricks could not answer this question. The log says why.", []),
    "warehouse_timeout": (
        "The question took longer than the warehouse may work on it. Choose fewer days.",
        [],
    ),
    "answer_too_large": (
        "The runs of these days cost on more than 2,000,000 days, too many to judge: alerts wait.",
        [],
    ),
    "forbidden": ("You may not do this.", []),
    "not_allowed": ("Reports may not be mailed here: DBSPEND360_MAIL_REPORTS is nobody.", []),
    "conflict": ("Somebody else changed this setting a moment ago: reload and try again.", []),
    "too_large": ("The request is too large.", []),
    "unsupported_media_type": (
        "The request is not in a format that this address takes.",
        [],
    ),
    "settings_unavailable": ("The settings of users cannot be read right now.", []),
    "no_data": (
        "There is no data yet: run `dbspend360 import FILE` or `dbspend360 demo`.",
        [],
    ),
}


def failure(code: str) -> dict[str, Any]:
    """What the error with this code looks like."""
    message, details = _FAILURES[code]
    return {
        "success": False,
        "error": {"code": code, "message": message, "details": details},
        "meta": {"query_time_ms": 0.4, "request_id": "5b0d0f6e4d7c4a0f9a53b7f0c1e2d3a4"},
    }
