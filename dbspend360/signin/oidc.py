"""Signing in at an identity provider: OpenID Connect, with the code flow and PKCE."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, request, session, url_for
from joserfc.errors import JoseError
from markupsafe import Markup
from requests import RequestException

from dbspend360.errors import BadSettings, DBSpendError
from dbspend360.models.person import person_id
from dbspend360.services.permissions import note
from dbspend360.settings import Settings
from dbspend360.signin.login import safe_next
from dbspend360.signin.plain import Links, error_line, plain_page
from dbspend360.signin.routes import LOGIN
from dbspend360.signin.safe_start import is_loopback

log = logging.getLogger(__name__)

START, BACK = "/login/oidc", "/signed-in"
_SECONDS = 5
_NEXT = "next"
_MOST_BEGUN = 3  # in as many windows of a browser
_LONGEST_NEXT = 1500  # letters: it goes by cookie, and browsers drop one of more than 4,096 bytes
_CODE = re.compile(r"[a-z_]{1,40}")
# What Authlib raises over answers that are forged, out of time, or of another shape.
_UNBELIEVABLE = (
    AuthlibBaseError,
    JoseError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RuntimeError,
)
_AGAIN = Markup('<p><a class="button button--main" href="{}">Try again</a></p>')

Began = Callable[[str, Sequence[str], str], Response]  # who, their groups, where they wanted to


class SignInFailed(DBSpendError):
    """The provider did not say who it is, or not so that it can be believed."""

    status = 401
    code = "sign_in_failed"


class ProviderDown(DBSpendError):
    """The provider does not answer, or not in its own language."""

    status = 503
    code = "provider_unavailable"


def register(server: Flask, settings: Settings, links: Links, began: Began) -> None:
    """Add the way there and the way back. Asks the provider nothing yet.

    Raises:
        BadSettings: a setting is missing, or the provider would be asked without TLS.
    """
    provider = Provider(server, settings)

    @server.get(START)
    def start() -> Response:
        where = safe_next(request.args.get(_NEXT, ""))
        session[_NEXT] = where if len(where) <= _LONGEST_NEXT else "/"
        return _said(provider.way_there, links)

    @server.get(BACK)
    def back() -> Response:
        def finish() -> Response:
            where = safe_next(str(session.get(_NEXT, "")))
            who, groups = provider.person()
            return began(who, groups, where)

        return _said(finish, links)


def provider_name(settings: Settings) -> str:
    """As people know it: its host."""
    return urlsplit(settings.oidc_issuer).hostname or settings.oidc_issuer


class Provider:
    """What it says of people. Its own description is read with the first sign-in."""

    def __init__(self, server: Flask, settings: Settings) -> None:
        _require(settings)
        self._settings = settings
        self._issuer = settings.oidc_issuer.rstrip("/")
        verify = {"verify": str(settings.tls_ca_file)} if settings.tls_ca_file else {}
        self._client = OAuth(server).register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scopes,
                "code_challenge_method": "S256",
                "default_timeout": _SECONDS,
                **verify,
            },
        )

    def way_there(self) -> Response:
        """A redirect to where people say who they are."""
        base = self._settings.public_url.rstrip("/")
        _forget_older()
        back = f"{base}{BACK}" if base else url_for("back", _external=True)
        response: Response = self._asked(lambda: self._client.authorize_redirect(back))
        response.headers["Cache-Control"] = "no-store"
        return response

    def person(self) -> tuple[str, list[str]]:
        """Who has come back, and their groups."""
        token = self._asked(self._client.authorize_access_token)
        claims = token.get("userinfo")
        if not claims:  # without a token of identity there is nothing to verify
            raise SignInFailed("The identity provider did not say who you are.")
        wanted = {self._settings.oidc_user_claim, self._settings.oidc_groups_claim}
        if wanted - set(claims):
            claims = self._more(token, claims)
        return self._name(claims), _groups(claims.get(self._settings.oidc_groups_claim))

    def _more(self, token: Any, claims: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ANN401
        """With what the provider says only when it is asked once more."""
        if "userinfo_endpoint" not in self._client.load_server_metadata():
            return claims
        found = self._asked(lambda: self._client.userinfo(token=token))
        if found.get("sub") != claims.get("sub"):
            raise SignInFailed("The identity provider spoke of somebody else.")
        return {**found, **claims}

    def _name(self, claims: Mapping[str, Any]) -> str:
        claim = self._settings.oidc_user_claim
        found = claims.get(claim)
        who = person_id(found) if isinstance(found, str) else None
        if who is None:
            raise SignInFailed(
                f"The identity provider did not send your {claim}: see DBSPEND360_OIDC_SCOPES and "
                "DBSPEND360_OIDC_USER_CLAIM."
            )
        if claim == "email" and claims.get("email_verified") in (False, "false"):
            raise SignInFailed("The identity provider has not verified your mail address.")
        return who

    def _asked(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - Authlib is not typed
        try:
            issuer = self._client.load_server_metadata().get("issuer", "")
            if issuer.rstrip("/") != self._issuer:
                raise ProviderDown(f"The identity provider calls itself {issuer[:200]!r}.")
            return ask()
        except MismatchingStateError as error:
            raise SignInFailed(
                "This sign-in was begun in another browser, or is over already."
            ) from error
        except OAuthError as error:
            code = str(error.error)
            why = code if _CODE.fullmatch(code) else "it does not say why"
            raise SignInFailed(f"The identity provider did not let you in: {why}.") from error
        except RequestException as error:
            log.warning("the identity provider does not answer: %s", type(error).__name__)
            raise ProviderDown(
                f"The identity provider, {provider_name(self._settings)}, does not answer."
            ) from error
        except _UNBELIEVABLE as error:
            log.warning("the identity provider cannot be believed: %s", type(error).__name__)
            raise SignInFailed("What the identity provider said cannot be believed.") from error


def _forget_older() -> None:
    """Sign-ins that were begun and given up would fill the cookie."""
    begun = [each for each in session if each.startswith("_state_")]
    for each in begun[: max(0, len(begun) - _MOST_BEGUN + 1)]:
        del session[each]


def _require(settings: Settings) -> None:
    for name in ("oidc_issuer", "oidc_client_id", "oidc_client_secret"):
        value = getattr(settings, name)
        if not (value if isinstance(value, str) else value.get_secret_value()):
            raise BadSettings(f"DBSPEND360_AUTH=oidc needs DBSPEND360_{name.upper()}.")
    parts = urlsplit(settings.oidc_issuer)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    ):
        raise BadSettings("DBSPEND360_OIDC_ISSUER must begin with https://.")


def _groups(claim: object) -> list[str]:
    if isinstance(claim, str):
        return [each.strip() for each in claim.split(",") if each.strip()]
    return [str(each) for each in claim] if isinstance(claim, list) else []


def _said(answer: Callable[[], Response], links: Links) -> Response:
    """The answer, or a page that says why there is none and leads back."""
    try:
        return answer()
    except DBSpendError as error:
        note("login", "refused", why=str(error))
        body = error_line(str(error)) + _AGAIN.format(LOGIN)
        kind = "plain plain--narrow"
        return plain_page(links, "Not signed in", body, status=error.status, kind=kind)
