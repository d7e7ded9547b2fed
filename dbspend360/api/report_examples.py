"""One example of each answer about reports, for the description of the API."""

from typing import Any

_ID = "5e0f2a1c9b7d4e63"

_PLAN: dict[str, Any] = {
    "name": "What last month cost",
    "query": "preset=last_month&group_by=job",
    "kind": "pdf",
    "recipients": ["dana@example.com"],
    "message": "",
    "every": "monthly",
    "weekday": "monday",
    "month_day": 1,
    "hour": 8,
    "minute": 0,
    "zone": "Europe/Berlin",
    "is_paused": False,
}
_SCHEDULE: dict[str, Any] = {
    "schedule_id": _ID,
    **_PLAN,
    "words": "on the 1st of every month at 08:00 Europe/Berlin",
    "next_at": "2026-12-01T07:00:00+00:00",
    "updated_at": "2026-11-20T08:00:00+00:00",
}

SCHEDULES: dict[str, Any] = {"schedules": [_SCHEDULE], "unreadable": []}
ONE_SCHEDULE: dict[str, Any] = {"schedule": _SCHEDULE}
SCHEDULE_BODY: dict[str, Any] = {"schedule_id": None, "updated_at": None, **_PLAN}
DELETED: dict[str, Any] = {"schedule_id": _ID}
SEND_NOW: dict[str, Any] = {"schedule_id": _ID}

_DELIVERY: dict[str, Any] = {
    "delivery_id": f"{_ID}-20261101T070000",
    "schedule_id": _ID,
    "name": "What last month cost",
    "due_at": "2026-11-01T07:00:00+00:00",
    "stage": "sent",
    "words": "Sent 2026-11-01 07:00 UTC to dana@example.com.",
    "recipients": ["dana@example.com"],
    "kind": "pdf",
    "file_name": "job-spends_2026-10-01_2026-10-31_by-job.pdf",
    "file_bytes": 183204,
    "is_kept": True,
    "sent_at": "2026-11-01T07:00:04+00:00",
}

DELIVERIES: dict[str, Any] = {"deliveries": [_DELIVERY]}
ONE_DELIVERY: dict[str, Any] = {"delivery": _DELIVERY}
