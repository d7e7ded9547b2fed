"""Everything of the sign-in, put together."""

from collections.abc import Sequence

from flask import Flask, Response

from dbspend360.errors import DBSpendError
from dbspend360.services.audit import log_only
from dbspend360.settings import Settings
from dbspend360.signin import csrf, gate, sizes
from dbspend360.signin.gate import Identify
from dbspend360.signin.limits import Limits
from dbspend360.signin.refusal import refused


def register(server: Flask, settings: Settings, ways: Sequence[Identify] | None = None) -> None:
    """Guard every address that the server has, and will have.

    `ways` are how people are known; None: as the settings say.
    """
    limits = Limits(settings)

    def refuse(error: DBSpendError) -> Response:
        limits.check()  # whoever is turned away again and again, too
        return refused(error)

    gate.register(server, _ways(settings) if ways is None else ways, log_only, refuse)
    sizes.register(server)
    limits.register(server)
    csrf.register(server, settings, refused)


def _ways(settings: Settings) -> Sequence[Identify]:
    return [gate.everybody] if settings.auth == "none" else []
