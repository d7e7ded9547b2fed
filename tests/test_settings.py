from pathlib import Path

import pytest
from pydantic import ValidationError

from dbspend360.errors import BadSettings
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


def test_an_address_with_a_password_is_never_printed() -> None:
    hidden = "postgresql://ada:not-for-your-eyes@host/name"
    assert "eyes" not in repr(Settings(state_url=hidden, cache_url=hidden))


SECRETS = [
    "DBSPEND360_SMTP_URL",
    "DBSPEND360_STATE_URL",
    "DBSPEND360_CACHE_URL",
    "DATABRICKS_TOKEN",
    "DATABRICKS_CLIENT_SECRET",
]


@pytest.mark.parametrize("variable", SECRETS)
def test_a_secret_may_be_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "secret"))
    [name] = [each for each in Settings.model_fields if variable in variables(each)]
    found = getattr(Settings(), name)
    assert getattr(found, "get_secret_value", lambda: found)() == "from the file"


def test_any_other_setting_may_be_in_a_file_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "port").write_text("9000\n")
    monkeypatch.setenv("DBSPEND360_PORT_FILE", str(tmp_path / "port"))
    assert Settings().port == 9000


def test_a_file_with_a_setting_that_cannot_be_used_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    monkeypatch.setenv("DATABRICKS_TOKEN_FILE", str(path))
    with pytest.raises(BadSettings, match=f"TOKEN_FILE names {path}: No such file or directory"):
        Settings()
    path.write_bytes(b"\xff")
    with pytest.raises(BadSettings, match="is not UTF-8 text"):
        Settings()
    path.write_bytes(b"x" * 70_000)
    with pytest.raises(BadSettings, match="is too long"):
        Settings()
    path.write_text("one")
    monkeypatch.setenv("DATABRICKS_TOKEN", "another")
    with pytest.raises(BadSettings, match="both set"):
        Settings()


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
    with pytest.raises(ValidationError, match=f"(?i){name}"):
        Settings()


def test_settings_cannot_change_after_the_start() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]
