"""The lists of commands that Telegram offers beside the text field: by language, and of one chat."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeChat

from spm_bot.chat.telegram.parts import mended
from spm_bot.log import event

if TYPE_CHECKING:
    from telegram import Bot

Menus = Mapping[str, Sequence[tuple[str, str]]]
"""A language → its commands, each a name without slash and what it does; the first is for everybody else."""

logger = logging.getLogger("spm_bot.telegram")

_CODE_LENGTH = 2
"""Telegram tells languages apart by two letters; phones in another language see the first menu."""


async def offer_menus(bot: Bot, menus: Menus) -> None:
    """Puts every menu in place. One that fails is logged: commands work without being listed."""
    first = [(None, commands) for commands in list(menus.values())[:1]]
    own = [(language, commands) for language, commands in menus.items() if len(language) == _CODE_LENGTH]
    for language, commands in (*first, *own):
        menu = [BotCommand(name, mended(does)) for name, does in commands]
        try:
            await bot.set_my_commands(menu, language_code=language)
        except Exception as error:
            reason = type(error).__name__
            event(logger, "menu_not_set", severity=logging.WARNING, language=language, reason=reason)


async def offer_menu(bot: Bot, handle: str, menu: Sequence[tuple[str, str]]) -> None:
    """Gives one chat a menu of its own, or takes that away. A failure is logged: commands work unlisted."""
    try:
        scope = BotCommandScopeChat(int(handle))
        if menu:
            await bot.set_my_commands([BotCommand(name, mended(does)) for name, does in menu], scope=scope)
        else:
            await bot.delete_my_commands(scope=scope)
    except Exception as error:
        reason = type(error).__name__
        event(logger, "menu_not_set", severity=logging.WARNING, language="", reason=reason)
