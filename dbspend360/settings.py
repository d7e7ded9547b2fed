"""Every setting: its name, its default and one sentence. Read once, at start."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment: `cache_seconds` is `DBSPEND360_CACHE_SECONDS`."""

    model_config = SettingsConfigDict(env_prefix="DBSPEND360_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8050, description="Port to listen on.")
    web_workers: Annotated[int, Field(ge=1, le=64)] = Field(2, description="Web processes.")
    web_threads: Annotated[int, Field(ge=1, le=64)] = Field(
        4, description="Requests that each web process answers at once."
    )
    data_dir: Path = Field(
        Path("data"), description="Folder of the embedded warehouse; made when it is missing."
    )
    cache_url: str = Field(
        "file",
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
    reload: bool = Field(
        False, description="Start anew whenever the code changes; for development."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`."
    )
