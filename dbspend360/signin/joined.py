"""Everything of the sign-in, put together."""

import logging
from collections.abc import Sequence
from functools import partial

from flask import Flask, Response

from dbspend360.errors import BadSettings, DBSpendError
from dbspend360.models.person import Role
from dbspend360.services.audit import make_audit
from dbspend360.services.audit_reading import entries
from dbspend360.services.people import People, people_file
from dbspend360.services.roles import Roles, roles_of
from dbspend360.services.tokens import Tokens
from dbspend360.settings import Settings
from dbspend360.signin import account, admin, csrf, gate, hosts, login, sessions, sizes
from dbspend360.signin.bearer import by_token
from dbspend360.signin.gate import Identify
from dbspend360.signin.limits import Limits
from dbspend360.signin.plain import Links
from dbspend360.signin.proxies import FromProxies, read_trusted
from dbspend360.signin.proxy import said_by_proxy
from dbspend360.signin.refusal import refused, refused_or_asked
from dbspend360.signin.safe_start import require_safe
from dbspend360.signin.secret import secret_key
from dbspend360.store.base import Store

log = logging.getLogger(__name__)


class Guard:
    """Who may come in, and what they may do, as the settings say."""

    def __init__(self, settings: Settings, store: Store, seconds_behind: float) -> None:
        """Opens nothing yet; a token revoked elsewhere may be taken `seconds_behind` longer.

        Raises:
            BadSettings: it would let strangers in, or cannot work.
        """
        require_safe(settings)
        self._settings = settings
        self._audit = make_audit(settings)
        self._people = People(people_file(settings)) if settings.auth == "basic" else None
        self._warn_when_nobody_may_come()
        self._tokens = Tokens(
            store,
            most_days=settings.token_days,
            role_now=self._role_now if self._people else None,
            seconds_behind=seconds_behind,
        )

    def register(self, server: Flask, ways: Sequence[Identify] | None = None) -> None:
        """Guard every address that the server has, and will have.

        `ways` are how people are known; None: as the settings say.

        Raises:
            BadSettings: a setting cannot work.
        """
        settings = self._settings
        _listen_to_proxies(server, settings)
        has_login = settings.auth in ("basic", "oidc")
        if has_login:
            sessions.prepare(server, settings)
        elif settings.auth == "proxy":
            server.secret_key = secret_key(settings)
        limits = Limits(settings)

        def refuse(error: DBSpendError) -> Response:
            turned_away = refused_or_asked if has_login else refused
            return limits.refusal() or turned_away(error)  # again and again counts, too

        hosts.register(server, settings, refused)
        chosen = self._ways() if ways is None else ways
        gate.register(server, chosen, self._audit.note, refuse, has_login=has_login)
        sizes.register(server, settings.import_megabytes * 1_000_000)
        limits.register(server)
        csrf.register(server, settings, refused)

    def register_pages(self, server: Flask, links: Links) -> None:
        """Add the pages of the sign-in; `links` are their style sheets."""
        settings, people = self._settings, self._people
        if people:
            login.with_password(server, people.check, links)
        if settings.auth == "oidc":
            from dbspend360.signin import oidc  # not above: it is large, and few come this way

            oidc.register(server, settings, links, partial(_began, roles_of(settings)))
            login.with_provider(server, oidc.provider_name(settings), oidc.START, links)
        account.register(server, self._tokens if settings.auth != "none" else None, links)
        read = partial(entries, self._audit.folder)
        admin.register(server, read, people.all if people else None, links)

    def _ways(self) -> Sequence[Identify]:
        settings = self._settings
        if settings.auth == "none":
            return [gate.everybody]
        scripts = by_token(self._tokens)
        if self._people:
            return [scripts, partial(sessions.with_password, self._people)]
        roles = roles_of(settings)
        if settings.auth == "oidc":
            return [scripts, partial(sessions.with_groups, roles.role_of)]
        headers = (settings.proxy_user_header, settings.proxy_groups_header)
        return [scripts, said_by_proxy(*headers, roles)]

    def _warn_when_nobody_may_come(self) -> None:
        try:
            if self._people and not self._people.all():
                log.warning("Nobody may sign in yet: dbspend360 user add NAME --role admin")
        except DBSpendError as error:
            log.warning("%s", error)

    def _role_now(self, user_id: str) -> Role | None:
        account = self._people.find(user_id) if self._people else None
        return account.role if account else None


def _began(roles: Roles, who: str, groups: Sequence[str], where: str) -> Response:
    named = roles.named(groups)
    return login.signed_in(who, lambda: sessions.begin_session(who, groups=named), where)


def _listen_to_proxies(server: Flask, settings: Settings) -> None:
    trusted = read_trusted(settings.trusted_proxies)
    if settings.auth == "proxy" and not trusted:
        raise BadSettings(
            "DBSPEND360_AUTH=proxy needs DBSPEND360_TRUSTED_PROXIES: whose word counts for who "
            "people are."
        )
    headers = (settings.proxy_user_header, settings.proxy_groups_header)
    server.wsgi_app = FromProxies(server.wsgi_app, trusted, headers)  # type: ignore[method-assign]
