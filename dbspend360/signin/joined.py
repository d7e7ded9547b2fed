"""Everything of the sign-in, put together."""

from collections.abc import Sequence

from flask import Flask

from dbspend360.services.audit import log_only
from dbspend360.settings import Settings
from dbspend360.signin import gate
from dbspend360.signin.gate import Identify
from dbspend360.signin.refusal import refused


def register(server: Flask, settings: Settings) -> None:
    """Guard every address that the server has, and will have."""
    gate.register(server, _ways(settings), log_only, refused)


def _ways(settings: Settings) -> Sequence[Identify]:
    return [gate.everybody] if settings.auth == "none" else []
