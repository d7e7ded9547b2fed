from pathlib import Path

import pytest
from pydantic import ValidationError

from dbspend360.settings import Settings, variables

ROOT = Path(__file__).parent.parent


def test_the_defaults_need_nothing_from_outside() -> None:
    settings = Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8050)  # nobody else's network
    assert settings.data_dir == Path("data")
    assert settings.workspace_url == ""


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_sentence(name: str) -> None:
    sentence = Settings.model_fields[name].description or ""
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_documentation(name: str) -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages if page.exists())
    assert [each for each in variables(name) if f"`{each}`" not in text] == []


def test_a_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBSPEND360_CACHE_SECONDS", "7")
    monkeypatch.setenv("DBSPEND360_DATA_DIR", "/somewhere/else")
    settings = Settings()
    assert (settings.cache_seconds, settings.data_dir) == (7, Path("/somewhere/else"))


def test_databricks_keeps_the_names_of_its_own_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_SERVER_HOSTNAME", "second.example")
    assert Settings().databricks_host == "second.example"
    monkeypatch.setenv("DATABRICKS_HOST", "first.example")
    assert Settings().databricks_host == "first.example"
    assert Settings(databricks_host="by.name").databricks_host == "by.name"


def test_a_secret_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-not-for-your-eyes")
    settings = Settings()
    assert settings.databricks_token.get_secret_value() == "dapi-not-for-your-eyes"
    assert "eyes" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBSPEND360_TLS_CA_FILE", "")
    assert Settings().tls_ca_file is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "web"),
        ("CACHE_SECONDS", "-1"),
        ("WEB_WORKERS", "0"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_at_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"DBSPEND360_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_settings_cannot_change_after_the_start() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]
