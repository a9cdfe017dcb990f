"""The phones of a test: a channel that remembers how every chat looks, and what could be tapped."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spm_bot.chat.channel import Delivery, Sent, Undeliverable
from spm_bot.messages import Button, Outbound, Token
from spm_bot.times import Clock

NAME = "test"
DELETABLE = timedelta(hours=48)


@dataclass(slots=True)
class Bubble:
    """One message on a phone, with every look it ever had, the newest last."""

    id: str
    looks: list[Outbound]
    at: datetime

    @property
    def look(self) -> Outbound:
        return self.looks[-1]


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that appeared on a phone: a new message, or an edit as the message then looks; or what
    disappeared (`gone`), ours or one that was `typed`.
    """

    handle: str
    edit: bool
    message: Outbound
    gone: bool = False
    typed: bool = False


@dataclass(slots=True)
class Phones:
    """Delivers at once to every phone, except to those that blocked us; like Telegram it takes nothing
    out of a chat that is older than 48 hours. `written` is what the person sent, as it still stands.
    """

    clock: Clock
    chats: dict[str, list[Bubble]] = field(default_factory=lambda: defaultdict(list))
    news: list[Seen] = field(default_factory=list)
    blocking: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    gone: dict[str, list[Bubble]] = field(default_factory=lambda: defaultdict(list))
    written: dict[str, list[Bubble]] = field(default_factory=lambda: defaultdict(list))
    sent: int = 0

    @property
    def name(self) -> str:
        return NAME

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery:
        if handle in self.blocking:
            return Undeliverable("blocked", gone=True)
        if message.attachment is not None and file is not None:
            self.files[message.attachment.name] = file
        self.sent += 1
        bubble = Bubble(f"m{self.sent}", [message], self.clock.now())
        self.chats[handle].append(bubble)
        self.news.append(Seen(handle, edit=False, message=message))
        return Sent(bubble.id)

    async def edit(self, handle: str, sent: str, message: Outbound) -> Delivery:
        if handle in self.blocking:
            return Undeliverable("blocked", gone=True)
        bubble = next((each for each in self.chats[handle] if each.id == sent), None)
        if bubble is None:
            return Undeliverable("no such message", gone=False)
        if (bubble.look.text, bubble.look.buttons) != (message.text, message.buttons):
            bubble.looks.append(message)
            self.news.append(Seen(handle, edit=True, message=message))
        return Sent(sent)

    async def delete(self, handle: str, message: str) -> Delivery:
        """A message disappears, ours or the person's; one that is not there is no news."""
        if handle in self.blocking:
            return Undeliverable("blocked", gone=True)
        for side in (self.chats[handle], self.written[handle]):
            bubble = next((each for each in side if each.id == message), None)
            if bubble is None:
                continue
            if self.clock.now() - bubble.at > DELETABLE:
                return Undeliverable("too old", gone=False)
            side.remove(bubble)
            typed = side is self.written[handle]
            if not typed:
                self.gone[handle].append(bubble)
            self.news.append(Seen(handle, edit=False, message=bubble.look, gone=True, typed=typed))
        return Sent(message)

    def type(self, handle: str, message: str, text: str) -> None:
        """The person sends a message, or changes one of theirs."""
        known = next((each for each in self.written[handle] if each.id == message), None)
        if known is not None:
            known.looks.append(Outbound(text))
        elif message:
            self.written[handle].append(Bubble(message, [Outbound(text)], self.clock.now()))

    def take_news(self) -> list[Seen]:
        """What appeared since the last call."""
        news, self.news = self.news, []
        return news

    def texts(self, handle: str) -> list[str]:
        """The chat as it looks now."""
        return [bubble.look.text for bubble in self.chats[handle]]

    def readable(self, handle: str) -> str:
        """Everything that whoever picks up this phone can read, buttons and the person's own words too."""
        looks = [bubble.look for bubble in (*self.chats[handle], *self.written[handle])]
        labels = [button.label for look in looks for row in look.buttons for button in row]
        return "\n".join([*(look.text for look in looks), *labels])

    def button(self, handle: str, label: str, *, on: str | None = None) -> Token:
        """The newest button of that label; with `on`, of a message that once held these words, though it
        may be gone by now: a finger can be quicker than the network.
        """
        ever = [] if on is None else self.gone[handle]
        for bubble in reversed([*ever, *self.chats[handle]]):
            looks = [bubble.look] if on is None else reversed(bubble.looks)
            for look in looks:
                found = labelled(look, label)
                if found is not None and (on is None or on in look.text):
                    return found.token
        shown = [b.label for bubble in self.chats[handle][-1:] for row in bubble.look.buttons for b in row]
        raise LookupError(f"no button [{label}] on the phone of {handle}; the last message has {shown}")

    def tokens(self, handle: str) -> list[Token]:
        """Every button this phone ever showed, oldest first."""
        ever = [*self.gone[handle], *self.chats[handle]]
        looks = (look for bubble in ever for look in bubble.looks)
        return [button.token for look in looks for row in look.buttons for button in row]


def labelled(look: Outbound, label: str) -> Button | None:
    """The button of that label; ticks before it do not count."""
    buttons = (button for row in look.buttons for button in row)
    return next((b for b in buttons if b.label.removeprefix("☐ ").removeprefix("☑ ") == label), None)
