"""One event of a chat inside its transaction: who speaks, what is shared by all, how to reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from spm_bot.fieldwork.contact_rules import ContactRules, contact_rules
from spm_bot.institution import Institution
from spm_bot.messages import Inbound, Outbound
from spm_bot.storage import outbox
from spm_bot.storage.people import Chat
from spm_bot.storage.store import Connection
from spm_bot.surveys.library import Library
from spm_bot.surveys.wordings import wording
from spm_bot.texts import Voice, voice


@dataclass(frozen=True, slots=True)
class Desk:
    """What every use case shares: surveys, the institution file, its rules, the languages spoken.

    `forms` holds the wording of every form that clients read, language → code → hash. In a client's
    visit `languages` are those alone in which all of these are signed.
    Immutable, for transactions run in another thread than the one that asked for them.
    """

    library: Library
    institution: Institution
    rules: ContactRules
    languages: tuple[str, ...]
    forms: Mapping[str, Mapping[str, str]]


def desk_for(institution: Institution, library: Library, *, spoken: tuple[str, ...]) -> Desk:
    """The desk of one institution; `spoken` are the languages the bot itself knows."""
    offered = tuple(language for language in institution.languages if language in spoken) or spoken[:1]
    forms = {language: _form_wordings(library, language) for language in offered}
    return Desk(library, institution, contact_rules(institution), offered, MappingProxyType(forms))


def _form_wordings(library: Library, language: str) -> Mapping[str, str]:
    """The wording of each form that clients read; '' where it has no words in this language."""
    return MappingProxyType(
        {
            form.code: wording(form, language) if language in form.languages else ""
            for form in library.client_forms
        }
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """An event with its chat, its instant and the open transaction."""

    connection: Connection
    desk: Desk
    inbound: Inbound
    chat: Chat
    now: datetime

    @property
    def voice(self) -> Voice:
        return voice(self.chat.language)

    def say(self, *messages: Outbound | str, kind: str = "reply") -> None:
        """Queues replies to this chat, to be sent after the commit."""
        ready = [Outbound(message) if isinstance(message, str) else message for message in messages]
        outbox.put(self.connection, self.chat.id, ready, kind=kind, at=self.now)

    def speaking(self, language: str) -> Visit:
        """The same visit in another language."""
        return replace(self, chat=replace(self.chat, language=language))
