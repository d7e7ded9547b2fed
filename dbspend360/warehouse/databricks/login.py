"""Who we are to Databricks: a token, or a service principal through databricks-sdk."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import requests
from databricks.sdk.oauth import Refreshable, Token

from dbspend360.errors import BadSettings
from dbspend360.settings import Settings
from dbspend360.warehouse.databricks.endpoint import Endpoint

Headers = Mapping[str, str]


class Login(Protocol):
    """How a request says who sends it."""

    kind: str  # in words, without the secret

    def headers(self) -> Headers:
        """The header that logs in.

        Raises:
            requests.RequestException: nobody gave us a token.
        """
        ...


class _AccessToken:
    kind = "a token (DATABRICKS_TOKEN)"

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self) -> Headers:
        return {"Authorization": f"Bearer {self._token}"}


class _ServicePrincipal:
    def __init__(self, source: "_OAuthTokens", client_id: str) -> None:
        self._source = source
        self.kind = f"the service principal {client_id} (DATABRICKS_CLIENT_ID)"

    def headers(self) -> Headers:
        token = self._source.token()
        return {"Authorization": f"{token.token_type} {token.access_token}"}


def read_login(settings: Settings, endpoint: Endpoint) -> Login:
    """Whom the settings name. Opens no connection.

    Without this check the connector would open a browser and wait for somebody to log in there.

    Raises:
        BadSettings: nobody.
    """
    token = settings.databricks_token.get_secret_value().strip()
    client_id = settings.databricks_client_id.strip()
    secret = settings.databricks_client_secret.get_secret_value().strip()
    _require_one_line(DATABRICKS_TOKEN=token, DATABRICKS_CLIENT_SECRET=secret)
    if token:
        return _AccessToken(token)
    if client_id and secret:
        source = _OAuthTokens(endpoint, client_id, secret, settings.reply_seconds)
        return _ServicePrincipal(source, client_id)
    if client_id or secret:
        missing = "DATABRICKS_CLIENT_SECRET" if client_id else "DATABRICKS_CLIENT_ID"
        raise BadSettings(f"{missing} is not set: a service principal needs its id and its secret.")
    raise BadSettings(
        "Nobody is named to log in to Databricks: set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID "
        "and DATABRICKS_CLIENT_SECRET of a service principal."
    )


class _OAuthTokens(Refreshable):
    """Machine-to-machine tokens; databricks-sdk keeps one and fetches the next in time.

    Its own `ClientCredentials` asks without a time limit and knows no private CA.
    """

    def __init__(self, endpoint: Endpoint, client_id: str, secret: str, seconds: float) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._client = (client_id, secret)
        self._seconds = seconds

    def refresh(self) -> Token:
        reply = self._sent(requests.post, self._token_address(), auth=self._client, data=_GRANT)
        if not reply.ok:
            raise requests.HTTPError(f"no token: HTTP {reply.status_code}", response=reply)
        found = reply.json()
        try:
            life = timedelta(seconds=int(found["expires_in"]))
            return Token(found["access_token"], found["token_type"], expiry=datetime.now() + life)
        except (KeyError, TypeError, ValueError) as error:
            raise requests.RequestException("the token endpoint gave no token") from error

    def _token_address(self) -> str:
        base = self._endpoint.base
        reply = self._sent(requests.get, f"{base}/oidc/.well-known/oauth-authorization-server")
        known = reply.json() if reply.ok else {}
        return str(known.get("token_endpoint") or f"{base}/oidc/v1/token")

    def _sent(
        self, send: Callable[..., requests.Response], address: str, **content: object
    ) -> requests.Response:
        verify = str(self._endpoint.ca_file) if self._endpoint.ca_file else True
        return send(address, timeout=self._seconds, verify=verify, allow_redirects=False, **content)


_GRANT = {"grant_type": "client_credentials", "scope": "all-apis"}


def _require_one_line(**secrets: str) -> None:
    for variable, secret in secrets.items():
        if not (secret.isascii() and (secret.isprintable() and " " not in secret)):
            raise BadSettings(
                f"{variable} holds a blank or a character that no secret has: copy it again, "
                "without quotes and line ends."
            )
