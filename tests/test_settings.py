from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from spm_bot.settings import Settings, SettingsError, load_settings

TOKEN = "123456789:" + "A" * 35
SQLITE, POSTGRESQL = "sqlite+aiosqlite:///spm.db", "postgresql+asyncpg://user:password@host/name"


@pytest.fixture(autouse=True)
def _empty_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SPM_{name.upper()}", raising=False)


def test_nothing_set_gives_the_defaults() -> None:
    settings = load_settings()
    assert settings.model_dump() == {
        "telegram_token": None,
        "telegram_base_url": "https://api.telegram.org",
        "webhook_url": None,
        "webhook_secret": None,
        "http_port": None,
        "database_url": "sqlite+aiosqlite:///spm.db",
        "secret_key": None,
        "institution": Path("institution.yaml"),
    }
    assert settings.secret_keys == ()


def test_environment_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        f"SPM_TELEGRAM_TOKEN={TOKEN}\nSPM_INSTITUTION=file.yaml\nOTHER=x\n", encoding="utf-8"
    )
    monkeypatch.setenv("SPM_INSTITUTION", "environment.yaml")
    monkeypatch.setenv("SPM_TELEGRAM_BASE_URL", "")
    settings = load_settings()
    assert settings.telegram_token == SecretStr(TOKEN)
    assert settings.institution == Path("environment.yaml")
    assert settings.telegram_base_url == "https://api.telegram.org"
    assert load_settings(env_file=None).telegram_token is None


def test_example_file_changes_nothing() -> None:
    example = Path(__file__).parents[1] / ".env.example"
    assert load_settings(env_file=example) == load_settings(env_file=None)


def test_example_file_names_every_variable() -> None:
    text = (Path(__file__).parents[1] / ".env.example").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"SPM_{name.upper()}=" not in text] == []


@pytest.mark.parametrize(
    ("url", "understood"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite+aiosqlite:////var/spm.db", "sqlite+aiosqlite:////var/spm.db"),
        ("postgres://u:p@host/spm", "postgresql+asyncpg://u:p@host/spm"),
        ("postgresql://u:p@host/spm", "postgresql+asyncpg://u:p@host/spm"),
    ],
)
def test_database_without_a_driver_gets_ours(
    monkeypatch: pytest.MonkeyPatch, url: str, understood: str
) -> None:
    monkeypatch.setenv("SPM_DATABASE_URL", url)
    monkeypatch.setenv("SPM_SECRET_KEY", "new, old,")
    settings = load_settings()
    assert settings.database_url == understood
    assert settings.secret_keys == ("new", "old")


@pytest.mark.parametrize("url", ["https://bot.example.org/hook", "http://127.0.0.1:8080/hook"])
def test_webhook_is_complete_with_secret_and_port(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SPM_WEBHOOK_URL", url)
    monkeypatch.setenv("SPM_WEBHOOK_SECRET", "s3cret_-")
    monkeypatch.setenv("SPM_HTTP_PORT", "8080")
    settings = load_settings()
    assert (settings.webhook_url, settings.http_port) == (url, 8080)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        (
            {"SPM_TELEGRAM_TOKEN": "hunter2"},
            "SPM_TELEGRAM_TOKEN is not a bot token (copy it whole from BotFather: digits, a colon, letters)",
        ),
        (
            {"SPM_TELEGRAM_BASE_URL": "api.telegram.org"},
            "SPM_TELEGRAM_BASE_URL is not a web address (write it as https://api.telegram.org)",
        ),
        (
            {"SPM_TELEGRAM_BASE_URL": "https://api.telegram.org/bot/"},
            "SPM_TELEGRAM_BASE_URL must be the root of the server (leave out the /bot at its end)",
        ),
        (
            {"SPM_WEBHOOK_URL": "http://bot.example.org"},
            "SPM_WEBHOOK_URL is not an address Telegram can reach safely (write one that begins with https://)",
        ),
        (
            {"SPM_WEBHOOK_URL": "https://bot.example.org"},
            "SPM_WEBHOOK_SECRET is missing (SPM_WEBHOOK_URL is set, and without a secret anybody could post)",
        ),
        (
            {"SPM_WEBHOOK_URL": "https://bot.example.org", "SPM_WEBHOOK_SECRET": "x"},
            "SPM_HTTP_PORT is missing (SPM_WEBHOOK_URL is set; say on which port to listen)",
        ),
        (
            {"SPM_WEBHOOK_SECRET": "two words"},
            "SPM_WEBHOOK_SECRET may hold letters, digits, _ and - only (make a new one of 32 such signs)",
        ),
        ({"SPM_HTTP_PORT": "http"}, "SPM_HTTP_PORT is not a port (write a number from 1 to 65535)"),
        ({"SPM_HTTP_PORT": "70000"}, "SPM_HTTP_PORT is not a port (write a number from 1 to 65535)"),
        (
            {"SPM_DATABASE_URL": "mysql://u:hunter2@host/spm"},
            f"SPM_DATABASE_URL is no database we know (write {SQLITE}, or {POSTGRESQL})",
        ),
        (
            {"SPM_DATABASE_URL": "postgresql://u:hunter2@host/spm"},
            "SPM_SECRET_KEY is missing (PostgreSQL needs a key for its encrypted columns: set one)",
        ),
    ],
)
def test_problem_names_the_variable_and_the_mend(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == told
    assert "hunter2" not in str(caught.value)


def test_problems_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_HTTP_PORT", "0")
    monkeypatch.setenv("SPM_TELEGRAM_TOKEN", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "SPM_TELEGRAM_TOKEN",
        "SPM_HTTP_PORT",
    ]


def test_settings_keep_secrets_out_of_sight_and_cannot_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_TELEGRAM_TOKEN", TOKEN)
    settings = load_settings()
    assert TOKEN not in repr(settings)
    with pytest.raises(ValidationError):
        settings.http_port = 1
