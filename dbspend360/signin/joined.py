"""Everything of the sign-in, put together."""

from collections.abc import Sequence
from functools import partial

from flask import Flask
from markupsafe import Markup

from dbspend360.services.audit import log_only
from dbspend360.services.people import People, people_file
from dbspend360.settings import Settings
from dbspend360.signin import gate, hosts, login, sessions
from dbspend360.signin.gate import Identify
from dbspend360.signin.plain import Links
from dbspend360.signin.refusal import refused, refused_or_asked
from dbspend360.signin.safe_start import require_safe


def register(server: Flask, settings: Settings) -> None:
    """Guard every address that the server has, and will have.

    Raises:
        BadSettings: it would let strangers in, or cannot work.
    """
    require_safe(settings)
    has_login = settings.auth in ("basic", "oidc")
    if has_login:
        sessions.prepare(server, settings)
    hosts.register(server, settings, refused)
    ways = _ways(settings)
    refuse = refused_or_asked if has_login else refused
    gate.register(server, ways, log_only, refuse, has_login=has_login)


def register_pages(server: Flask, settings: Settings, links: Links) -> None:
    """Add the pages of the sign-in; `links` are their style sheets."""
    if settings.auth == "basic":
        login.with_password(server, People(people_file(settings)).check, links, Markup)


def _ways(settings: Settings) -> Sequence[Identify]:
    if settings.auth == "none":
        return [gate.everybody]
    if settings.auth == "basic":
        return [partial(sessions.with_password, People(people_file(settings)))]
    return []
