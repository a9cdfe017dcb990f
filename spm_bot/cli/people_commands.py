"""What commands about people share: the bot's name for links, and which branches there are."""

from __future__ import annotations

from datetime import UTC, datetime

from spm_bot.cli.output import Failure
from spm_bot.institution import Institution
from spm_bot.settings import Settings


async def bot_name(settings: Settings) -> tuple[str | None, str]:
    """The bot's name for links, asked of Telegram; or None, and why there is none."""
    if settings.telegram_token is None:
        return None, "no SPM_TELEGRAM_TOKEN is set"
    from spm_bot.chat.telegram.application import TelegramApp

    async with TelegramApp(
        settings.telegram_token.get_secret_value(),
        now=lambda: datetime.now(UTC),
        base_url=settings.telegram_base_url,
    ) as telegram:
        return telegram.username, "" if telegram.username else "Telegram cannot be reached"


def known_branch(institution: Institution, code: str) -> None:
    """Raises Failure for a branch that the institution file does not have."""
    known = [branch.code for branch in institution.branches]
    if code not in known:
        raise Failure(f"there is no branch {code!r}: the institution file has {', '.join(known)}")
