"""What is counted, for Prometheus. The names are a promise: see docs/operations.md.

No label holds what a person can choose: addresses are routes, questions are names of files.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own: where processes add up

_OURS = CollectorRegistry()  # not the library's, which tells the version of Python

REQUESTS = Counter(
    "dbspend360_requests",
    "Requests answered.",
    ["method", "route", "status"],
    registry=_OURS,
)
REQUEST_SECONDS = Histogram(
    "dbspend360_request_seconds",
    "How long a request took until its answer began.",
    ["route"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_OURS,
)
QUESTIONS = Counter(
    "dbspend360_questions",
    "Questions about spend, by who answered: warehouse, memory, stale (the last good answer) "
    "or nobody.",
    ["question", "answered_by"],
    registry=_OURS,
)
QUESTION_SECONDS = Histogram(
    "dbspend360_question_seconds",
    "How long the warehouse took for a question.",
    ["question"],
    buckets=(0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=_OURS,
)


def counted() -> CollectorRegistry:
    """What was counted so far, by all processes of this server: a registry to add to."""
    registry = CollectorRegistry()
    if os.environ.get(SHARED_FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_OURS)
    return registry
