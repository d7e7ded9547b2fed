"""Every setting: its name, its default and one sentence. Read once, at start."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from dbspend360.log import LogFormat
from dbspend360.setting_files import FILE, content
from dbspend360.sign_in_settings import SignInSettings

PREFIX = "DBSPEND360_"
MetricsFor = Literal["everybody", "loopback", "nobody"]


class Settings(SignInSettings):
    """Read from the environment: `cache_seconds` is `DBSPEND360_CACHE_SECONDS`.

    What Databricks' own tools have a name for keeps it: Databricks Apps sets these by itself.
    Any of them may be in a file instead, which its variable with `_FILE` behind it names.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        validate_by_name=True,
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        8050,
        validation_alias=AliasChoices("DBSPEND360_PORT", "DATABRICKS_APP_PORT"),
        description="Port to listen on.",
    )
    web_workers: Annotated[int, Field(ge=1, le=64)] = Field(2, description="Web processes.")
    web_threads: Annotated[int, Field(ge=1, le=64)] = Field(
        4, description="Requests that each web process answers at once."
    )
    data_dir: Path = Field(
        Path("data"), description="Folder of the embedded warehouse; made when it is missing."
    )
    warehouse: Literal["auto", "embedded", "databricks"] = Field(
        "auto",
        description=(
            "Where the spends are read: `embedded` (the data folder), `databricks`, or `auto`: "
            "Databricks when its host and its SQL warehouse are set."
        ),
    )
    import_megabytes: Annotated[int, Field(ge=1, le=10_000)] = Field(
        200, description="How large a file may be that is imported in the browser."
    )
    databricks_host: str = Field(
        "",
        validation_alias=AliasChoices("DATABRICKS_HOST", "DATABRICKS_SERVER_HOSTNAME"),
        description="Your workspace, such as `dbc-1234.cloud.databricks.com`.",
    )
    databricks_http_path: str = Field(
        "",
        validation_alias=AliasChoices("DATABRICKS_HTTP_PATH"),
        description="The SQL warehouse's HTTP path, from its page under Connection details.",
    )
    databricks_warehouse_id: str = Field(
        "",
        validation_alias=AliasChoices("DATABRICKS_WAREHOUSE_ID"),
        description="The SQL warehouse's id; enough in place of the HTTP path.",
    )
    databricks_token: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("DATABRICKS_TOKEN"),
        description="A personal access token to log in with.",
    )
    databricks_client_id: str = Field(
        "",
        validation_alias=AliasChoices("DATABRICKS_CLIENT_ID"),
        description="A service principal to log in as, when there is no token.",
    )
    databricks_client_secret: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("DATABRICKS_CLIENT_SECRET"),
        description="The service principal's OAuth secret.",
    )
    databricks_uri: str = Field(
        "",
        description=(
            "The whole address of the SQL warehouse, where a proxy needs it; plain `http` on "
            "loopback only."
        ),
    )
    tls_ca_file: Path | None = Field(
        None, description="Certificates of a private CA that signs the warehouse's or proxy's."
    )
    spends_table: str = Field(
        "pritam_demo.dbcost360.databricks_job_spends",
        description="The table of job spends in Unity Catalog: `catalog.schema.table`.",
    )
    configs_table: str = Field(
        "pritam_demo.dbcost360.app_configs",
        description="The table of users' settings in Unity Catalog: `catalog.schema.table`.",
    )
    rollups: bool = Field(
        False, description="Read the roll-ups of `dbspend360 init --rollups`, while they are fresh."
    )
    state_url: str = Field(
        "",
        repr=False,  # may hold a password, as the cache's
        description=(
            "Where users' settings are kept: empty (the table on Databricks, else a file in the "
            "data folder), `sqlite:////folder/state.sqlite` or `postgresql://user:word@host/name`."
        ),
    )
    connections: Annotated[int, Field(ge=1, le=32)] = Field(
        4, description="Connections to Databricks that each web process opens at most."
    )
    question_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        60, description="How long the Databricks warehouse may work on one question."
    )
    reply_seconds: Annotated[float, Field(ge=0.5, le=900)] = Field(
        30, description="How long Databricks may keep us waiting for one reply."
    )
    patience_seconds: Annotated[float, Field(ge=0.1, le=50)] = Field(
        10, description="How long a page waits before it says that Databricks is still at work."
    )
    stale_hours: Annotated[int, Field(ge=0, le=744)] = Field(
        24, description="How old an answer may be that is shown while Databricks does not answer."
    )
    cache_url: str = Field(
        "file",
        repr=False,
        description=(
            "Where answers are remembered: `simple` (memory of each worker), `file` (in the data "
            "folder), `file:///folder`, or `redis://host:6379/0`."
        ),
    )
    cache_seconds: Annotated[int, Field(ge=0)] = Field(
        300, description="How long an answer is remembered, in seconds; 0 asks every time."
    )
    workspace_url: str = Field(
        "",
        description=(
            "Databricks workspace, such as `https://dbc-1234.cloud.databricks.com`, for links to "
            "a run; empty shows no links."
        ),
    )
    final_after_days: Annotated[int, Field(ge=0, le=31)] = Field(
        2, description="A day counts as complete this many days later; until then it is hatched."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description=(
            "The mail server for alerts, such as "
            "`smtp://user:password@host:587?starttls=required` or `smtps://host:465`."
        ),
    )
    mail_from: str = Field(
        "", description="The sender of mails, such as `DBSpend360 <alerts@example.com>`."
    )
    mail_seconds: Annotated[float, Field(ge=0.5, le=120)] = Field(
        30, description="How long the mail server may keep us waiting for one reply."
    )
    public_url: str = Field(
        "",
        description="Where people open the app, for links in mails; empty is its own address.",
    )
    check_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        60, description="How often the alert rules are checked."
    )
    mail_reports: Literal["everyone", "nobody"] = Field(
        "everyone", description="Who may mail reports: `everyone` or `nobody`."
    )
    mail_domains: str = Field(
        "",
        description=(
            "Where reports may be mailed to, such as `example.com, example.org`; empty is anywhere."
        ),
    )
    mail_megabytes: Annotated[int, Field(ge=0, le=100)] = Field(
        15,
        description="How large a report may be to be attached; a larger one is behind a link.",
    )
    reports_dir: Path | None = Field(
        None,
        description="Folder of the files that were mailed; empty is `reports` in the data folder.",
    )
    reports_kept_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        90, description="How many days the files and the history of mailed reports are kept."
    )
    celery_url: SecretStr = Field(
        SecretStr(""),
        description=(
            "Redis for `dbspend360 worker` and `dbspend360 beat`, such as `redis://host:6379/1`."
        ),
    )
    exports_at_once: Annotated[int, Field(ge=1, le=32)] = Field(
        2, description="Large files that are made at once, each in a process of its own."
    )
    reload: bool = Field(
        False, description="Start anew whenever the code changes; for development."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`."
    )
    log_format: LogFormat = Field(
        "text", description="`text` for people, or `json` for whoever collects the log's lines."
    )
    metrics: MetricsFor = Field(
        "everybody",
        description=(
            "Who may read `/metrics`: `everybody`, `loopback` (whoever asks from this machine, "
            "not through a proxy) or `nobody`."
        ),
    )
    query_tags: bool = Field(
        True,
        description="Tag each question to Databricks with its name and the request it is for.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the program says, then the environment, then files."""
        return init_settings, env_settings, _FileSource(settings_cls)


class _FileSource(EnvSettingsSource):
    """Reads the files as if their contents were in the environment."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        names = [each for name in Settings.model_fields for each in variables(name)]
        named = {name: os.environ.get(name + FILE, "") for name in names}
        return {name.lower(): content(name, path) for name, path in named.items() if path}


def variables(name: str) -> tuple[str, ...]:
    """The environment variables that set a setting; the first that is there counts."""
    alias = Settings.model_fields[name].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(each) for each in alias.choices)
    return (f"{PREFIX}{name.upper()}",)
