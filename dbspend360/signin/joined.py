"""Everything of the sign-in, put together."""

from collections.abc import Sequence
from functools import partial

from flask import Flask, Response

from dbspend360.errors import BadSettings, DBSpendError
from dbspend360.services.audit import make_audit
from dbspend360.services.people import People, people_file
from dbspend360.services.roles import roles_of
from dbspend360.settings import Settings
from dbspend360.signin import csrf, gate, hosts, login, oidc, sessions, sizes
from dbspend360.signin.gate import Identify
from dbspend360.signin.limits import Limits
from dbspend360.signin.plain import Links
from dbspend360.signin.proxies import FromProxies, read_trusted
from dbspend360.signin.proxy import said_by_proxy
from dbspend360.signin.refusal import refused, refused_or_asked
from dbspend360.signin.safe_start import require_safe
from dbspend360.signin.secret import secret_key


def register(server: Flask, settings: Settings, ways: Sequence[Identify] | None = None) -> None:
    """Guard every address that the server has, and will have.

    `ways` are how people are known; None: as the settings say.

    Raises:
        BadSettings: it would let strangers in, or cannot work.
    """
    require_safe(settings)
    _listen_to_proxies(server, settings)
    has_login = settings.auth in ("basic", "oidc")
    if has_login:
        sessions.prepare(server, settings)
    elif settings.auth == "proxy":
        server.secret_key = secret_key(settings)
    limits = Limits(settings)

    def refuse(error: DBSpendError) -> Response:
        limits.check()  # whoever is turned away again and again, too
        return refused_or_asked(error) if has_login else refused(error)

    hosts.register(server, settings, refused)
    chosen = _ways(settings) if ways is None else ways
    gate.register(server, chosen, make_audit(settings).note, refuse, has_login=has_login)
    sizes.register(server)
    limits.register(server)
    csrf.register(server, settings, refused)


def register_pages(server: Flask, settings: Settings, links: Links) -> None:
    """Add the pages of the sign-in; `links` are their style sheets."""
    if settings.auth == "basic":
        login.with_password(server, People(people_file(settings)).check, links)
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
