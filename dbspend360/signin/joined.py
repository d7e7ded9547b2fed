"""Everything of the sign-in, put together."""

from collections.abc import Sequence
from functools import partial

from flask import Flask, Response
from markupsafe import Markup

from dbspend360.errors import BadSettings
from dbspend360.services.audit import log_only
from dbspend360.services.people import People, people_file
from dbspend360.services.roles import roles_of
from dbspend360.settings import Settings
from dbspend360.signin import gate, hosts, login, oidc, sessions
from dbspend360.signin.gate import Identify
from dbspend360.signin.plain import Links
from dbspend360.signin.proxies import FromProxies, read_trusted
from dbspend360.signin.proxy import said_by_proxy
from dbspend360.signin.refusal import refused, refused_or_asked
from dbspend360.signin.safe_start import require_safe


def register(server: Flask, settings: Settings) -> None:
    """Guard every address that the server has, and will have.

    Raises:
        BadSettings: it would let strangers in, or cannot work.
    """
    require_safe(settings)
    _listen_to_proxies(server, settings)
    has_login = settings.auth in ("basic", "oidc")
    if has_login:
        sessions.prepare(server, settings)
    hosts.register(server, settings, refused)
    refuse = refused_or_asked if has_login else refused
    gate.register(server, _ways(settings), log_only, refuse, has_login=has_login)


def register_pages(server: Flask, settings: Settings, links: Links) -> None:
    """Add the pages of the sign-in; `links` are their style sheets."""
    if settings.auth == "basic":
        login.with_password(server, People(people_file(settings)).check, links, Markup)
    if settings.auth == "oidc":
        oidc.register(server, settings, links, _began)
        login.with_provider(server, oidc.provider_name(settings), oidc.START, links)


def _ways(settings: Settings) -> Sequence[Identify]:
    if settings.auth == "none":
        return [gate.everybody]
    if settings.auth == "basic":
        return [partial(sessions.with_password, People(people_file(settings)))]
    roles = roles_of(settings)
    if settings.auth == "oidc":
        return [partial(sessions.with_groups, roles.role_of)]
    return [said_by_proxy(settings.proxy_user_header, settings.proxy_groups_header, roles)]


def _began(who: str, groups: Sequence[str], where: str) -> Response:
    return login.signed_in(who, lambda: sessions.begin_session(who, groups=groups), where)


def _listen_to_proxies(server: Flask, settings: Settings) -> None:
    trusted = read_trusted(settings.trusted_proxies)
    if settings.auth == "proxy" and not trusted:
        raise BadSettings(
            "DBSPEND360_AUTH=proxy needs DBSPEND360_TRUSTED_PROXIES: whose word counts for who "
            "people are."
        )
    headers = (settings.proxy_user_header, settings.proxy_groups_header)
    server.wsgi_app = FromProxies(server.wsgi_app, trusted, headers)  # type: ignore[method-assign]
