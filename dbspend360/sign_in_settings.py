"""The settings of who may come in, and of how much they may ask."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

Auth = Literal["none", "basic", "oidc", "proxy"]


class SignInSettings(BaseSettings):
    """A part of `Settings`."""

    auth: Auth = Field(
        "none",
        description=(
            "Who people are: `none` (nobody asks; this machine only), `basic` (names and passwords "
            "of `dbspend360 user`), `oidc` (your identity provider) or `proxy` (what is in front "
            "says so)."
        ),
    )
    open_to_all: bool = Field(
        False,
        description=(
            "With `DBSPEND360_AUTH=none` said as well: let other machines in without a sign-in."
        ),
    )
    users_file: Path | None = Field(
        None, description="The file of `dbspend360 user`; empty is `users.json` in the data folder."
    )
    admins: str = Field(
        "",
        description=(
            "With `oidc` and `proxy`: who may do everything, such as "
            "`dana@example.com, group:platform`."
        ),
    )
    editors: str = Field(
        "", description="The same for who may change rules and schedules, and send mail."
    )
    default_role: Literal["viewer", "editor", "admin", "nobody"] = Field(
        "viewer", description="The role of everybody else who has signed in; `nobody`: none."
    )
    oidc_issuer: str = Field(
        "", description="The identity provider, such as `https://login.example.com/realms/main`."
    )
    oidc_client_id: str = Field("", description="The app's client id there.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The app's secret there.")
    oidc_scopes: str = Field("openid email profile", description="What the app asks it for.")
    oidc_user_claim: str = Field("email", description="The claim that names a person.")
    oidc_groups_claim: str = Field("groups", description="The claim that lists their groups.")
    trusted_proxies: str = Field(
        "",
        description=(
            "Whose `X-Forwarded-…` headers count: addresses and networks, `loopback` or `private`."
        ),
    )
    proxy_user_header: str = Field(
        "X-Forwarded-Email", description="With `proxy`: the header that names a person."
    )
    proxy_groups_header: str = Field(
        "", description="With `proxy`: the header that lists their groups, with commas."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description=(
            "Signs sessions: the same long random text for all servers; empty makes one in the "
            "data folder."
        ),
    )
    session_hours: Annotated[int, Field(ge=1, le=720)] = Field(
        12, description="How long a sign-in lasts."
    )
    token_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        365, description="How long a personal token for the API may last."
    )
    requests_per_minute: Annotated[int, Field(ge=0)] = Field(
        1200,
        description="How much each person may ask; 0 is no limit, as on loopback without sign-in.",
    )
    files_per_minute: Annotated[int, Field(ge=0)] = Field(
        30, description="How many of these may be files and mails."
    )
    logins_per_minute: Annotated[int, Field(ge=0)] = Field(
        10, description="How many passwords may be tried from one address, and for one name."
    )
    limits_url: str = Field(
        "",
        repr=False,
        description=(
            "Redis to count them for all servers; empty is the cache's, else each process counts "
            "for itself."
        ),
    )
    audit_dir: Path | None = Field(
        None, description="Folder of the audit log; empty is `audit` in the data folder."
    )
    audit_kept_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        365, description="How many days the audit log is kept."
    )
