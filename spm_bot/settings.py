"""Secrets and addresses from the environment (`SPM_…`) or a `.env` file, checked once at the start."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SettingsError(Exception):
    """The environment cannot be used; the message is one line a variable, with the mend."""


class Settings(BaseSettings):
    """Everything that differs from machine to machine. Relative paths start at the working directory."""

    model_config = SettingsConfigDict(
        env_prefix="SPM_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram_token: SecretStr | None = None
    telegram_base_url: str = "https://api.telegram.org"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    http_port: int | None = Field(default=None, ge=1, le=65535)
    database_url: str = "sqlite+aiosqlite:///spm.db"
    secret_key: SecretStr | None = None
    institution: Path = Path("institution.yaml")

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The listed keys, the one in use first; empty when none is set."""
        text = self.secret_key.get_secret_value() if self.secret_key else ""
        return tuple(key.strip() for key in text.split(",") if key.strip())

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token.get_secret_value()):
            raise _wrong("is not a bot token (copy it whole from BotFather: digits, a colon, letters)")
        return token

    @field_validator("telegram_base_url")
    @classmethod
    def _base_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise _wrong("is not a web address (write it as https://api.telegram.org)")
        url = url.rstrip("/")
        if url.endswith("/bot"):
            raise _wrong("must be the root of the server (leave out the /bot at its end)")
        return url

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "")
        if url and (parts.scheme != "https" or not parts.hostname) and parts.hostname not in _LOOPBACK:
            raise _wrong("is not an address Telegram can reach safely (write one that begins with https://)")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _header(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise _wrong("may hold letters, digits, _ and - only (make a new one of 32 such signs)")
        return secret

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        scheme, colon, rest = url.partition("://")
        if not colon or scheme not in _DRIVERS:
            raise _wrong(
                "is no database we know (write sqlite+aiosqlite:///spm.db, or"
                " postgresql+asyncpg://user:password@host/name)"
            )
        return f"{_DRIVERS[scheme]}://{rest}"

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.webhook_url and self.webhook_secret is None:
            raise _wrong(
                "is missing (SPM_WEBHOOK_URL is set, and without a secret anybody could post)",
                "webhook_secret",
            )
        if self.webhook_url and self.http_port is None:
            raise _wrong("is missing (SPM_WEBHOOK_URL is set; say on which port to listen)", "http_port")
        if self.database_url.startswith("postgresql") and not self.secret_keys:
            raise _wrong(
                "is missing (PostgreSQL needs a key for its encrypted columns: set one)", "secret_key"
            )
        return self


def _wrong(what: str, name: str = "") -> PydanticCustomError:
    return PydanticCustomError("wrong", "{what}", {"what": what, "name": name})


def load_settings(*, env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process; a variable beats the same line in `env_file`. Raises SettingsError."""
    try:
        # The argument exists at run time; the model's synthesised signature does not show it.
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        told = [_told(detail) for detail in error.errors(include_url=False, include_input=False)]
        raise SettingsError("\n".join(told)) from None


def _told(detail: ErrorDetails) -> str:
    if detail["type"] == "wrong":
        context = detail["ctx"]
        return f"SPM_{str(context['name'] or detail['loc'][0]).upper()} {context['what']}"
    # Only the port is anything but text.
    return "SPM_HTTP_PORT is not a port (write a number from 1 to 65535)"
