"""Golden conversations: a script of what people do, played, with everything their phones then show.

A script is a chat that anybody can read. What people do begins with `>`, what happens around them
with `@`, and the player writes the rest:

    # the promise this conversation shows
    @ Amina joined                    a client who agreed to everything; her phone is the one in hand
    @ Amina joined without private questions
    @ Chantal joined, French          the phone speaks French
    @ Officer of BUN is staff         `Manager`, `Head of all branches` likewise; `…, Arabic` reads Arabic
    @ the list of staff is imported   with a number for whoever a staff link is for
    @ the digest of 2026-W47 is stored
    @ whoever waits is called, and let in
    @ 40 more clients of BUN joined
    @ phone of Beatrice               another phone is in hand, `phone of Chantal, French` a French one
    @ Amina is invited to debt_stress
    @ +3 days                         minutes, hours, days: what time ends is ended
    @ the same again                  the last event is delivered twice
    @ what is stored                  the answers on this phone's newest survey, as they are kept
    > 4                               typed; \\u202e and \\n stand for the signs themselves
    > /start card-of-Amina            the link of a card; staff links are `link-of-Officer`
    > [Start]                         the newest button of that label is tapped
    > [2 A bit hard] on "2 of 11"     the button of a message that once held these words, stale or not
    > [Start] of Amina                a button that was drawn for her, tapped by whoever holds this phone
    > ~edited: old → new              a typed message is changed
    > (sticker)                       something that is not text; also (contact), (blocks the bot), …
    > (in a group) /help              typed there; (in a group) [Start] of Amina is tapped there
    < a new message, further lines two spaces in, its rows of buttons last: [a] [b]
    * an edited message as it now looks
    - a message that is gone, with what it said; (typed) one that the person had written
    ! the words over a tapped button
    = what is stored
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from spm_bot.messages import Address, Blocked, Body, Contact, Edited, Other, Outbound, Start, Tap, Text
from spm_bot.storage import people, sessions
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import responses
from spm_bot.storage.tables import sessions as rows
from spm_bot.surveys.session import Answer
from tests.stage.digests import keep_digests
from tests.stage.phones import NAME, Seen
from tests.stage.world import World

_TAP = re.compile(r'\[(?P<label>.+)\](?: on "(?P<on>.+)")?(?: of (?P<whose>\w+))?')
_SPAN = re.compile(r"\+(?P<number>\d+) (?P<unit>minute|hour|day)s?")
_LANGUAGES = {
    "English": "en",
    "French": "fr",
    "Spanish": "es",
    "Swahili": "sw",
    "Hindi": "hi",
    "Arabic": "ar",
}
_BODIES: dict[str, Body] = {
    "sticker": Other("sticker", "file-of-sticker", "f1"),
    "photo": Other("photo", "file-of-photo", "f2"),
    "voice note": Other("voice", "file-of-voice", "f3"),
    "contact": Contact("+254 700 111 222", own=True),
    "contact of Amina": Contact("254711000001", own=True),
    "contact of Officer": Contact("254722000001", own=True),
    "contact of Officer, not their own": Contact("254722000001", own=False),
    "contact of Head": Contact("254722000003", own=True),
    "contact of somebody else": Contact("254711000001", own=False),
    "blocks the bot": Blocked(blocked=True),
    "lets the bot in again": Blocked(blocked=False),
    "taps a button from another age": Tap(None),
}


@dataclass(slots=True)
class Player:
    """Plays scripts on one world; `hand` is the phone in hand and its language."""

    world: World
    hand: tuple[str, str] = ("Amina", "en")
    typed: dict[str, str] = field(default_factory=dict)

    async def play(self, script: str) -> str:
        """The script with everything that the phones showed."""
        lines: list[str] = []
        for line in script.splitlines():
            if not line or line.startswith("#"):
                lines.append(line)
            elif line[0] in ">@":
                lines.append(line)
                lines += await self._do(line[0], line[2:])
        return "\n".join(lines).strip() + "\n"

    async def _do(self, mark: str, words: str) -> list[str]:
        handle, _ = self.hand
        toast, told = (await self._person(words), []) if mark == ">" else await self._happening(words)
        shown = [line for seen in self.world.phones.take_news() for line in _shown(seen, handle)]
        return [*([f"! {toast}"] if toast else []), *shown, *told]

    async def _person(self, words: str) -> str | None:
        handle, language = self.hand
        body, private = self._body(words)
        return await self.world.receive(body, handle=handle, language=language, private=private)

    def _body(self, words: str) -> tuple[Body, bool]:
        """What somebody does, and whether it happens in the private chat."""
        if (tap := _TAP.fullmatch(words)) is not None:
            whose = tap["whose"] or self.hand[0]
            return Tap(self.world.phones.button(whose, tap["label"], on=tap["on"])), True
        if words.startswith("~edited: "):
            old, new = words.removeprefix("~edited: ").split(" → ")
            return Edited(new, self.typed[old]), True
        if words.startswith("(in a group) "):
            return self._body(words.removeprefix("(in a group) "))[0], False
        if words.startswith("/start"):
            return Start(words.removeprefix("/start").strip()), True
        if words.startswith("(") and words.strip("()") in _BODIES:
            return self._sent(_BODIES[words.strip("()")]), True
        if (many := re.fullmatch(r"\((\d+) times “(.+)”\)", words)) is not None:
            words = many[2] * int(many[1])
        self.world.messages += 1
        self.typed[words] = message = f"t{self.world.messages}"
        text = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), words).replace("\\n", "\n")
        return Text(text, message), True

    def _sent(self, body: Body) -> Body:
        """A sticker or voice note is a message of its own each time."""
        if not isinstance(body, Other):
            return body
        self.world.messages += 1
        return replace(body, message=f"t{self.world.messages}")

    async def _happening(self, words: str) -> tuple[str | None, list[str]]:
        if words == "the same again":
            return await self.world.again(), []
        if words == "what is stored":
            return None, await self.world.store.read(self._stored)
        if (span := _SPAN.fullmatch(words)) is not None:
            await self.world.wait(timedelta(**{f"{span['unit']}s": int(span["number"])}))
        else:
            await self._scene(words)
        return None, []

    async def _scene(self, words: str) -> None:
        facts, _, language = words.partition(", ")
        spoken = _LANGUAGES.get(language, "en")
        match facts.split(maxsplit=2):
            case ["phone", "of", name]:
                self.hand = (name, spoken)
            case ["whoever", "waits", _]:
                await self.world.let_in()
            case ["the", "digest", rest]:
                await keep_digests(self.world.store, week=rest.split()[1])
            case ["the", "list", _]:
                await self.world.list_staff()
            case [count, "more", rest] if rest.startswith("clients of "):
                await self.world.enrol_crowd(int(count), branch=rest.split()[2])
            case [name, "joined", *rest]:
                await self.world.enrol(name, handle=name, language=spoken, private_items=not rest)
                self.hand = (name, spoken)
            case [name, "is", rest] if rest.startswith("invited to "):
                await self.world.invite(name, rest.removeprefix("invited to "))
            case [name, "of", rest] if rest.endswith(" is staff"):
                branch = rest.removesuffix(" is staff").removeprefix("all branches")
                await self.world.hire(name, handle=name, branch=branch, language=spoken)
                self.hand = (name, spoken)
            case _:
                raise ValueError(f"nobody knows how to play: @ {words}")

    def _stored(self, connection: Connection) -> list[str]:
        chat = people.find_chat(connection, Address(NAME, self.hand[0]))
        assert chat is not None
        newest = select(rows.c.id).where(rows.c.address_id == chat.id, rows.c.form.is_(False))
        found = connection.execute(newest.order_by(rows.c.id.desc())).scalars().first()
        if found is None:
            return ["= nothing"]
        opened = sessions.get(connection, found)
        assert opened is not None
        answered = [f"=   {name}: {_kept(answer)}" for name, answer in opened.session.answers.items()]
        response = connection.execute(select(responses).where(responses.c.session_id == found)).first()
        ended = "" if response is None else f", {'partial' if response.partial else 'complete'}"
        late = ", late" if response is not None and response.late else ""
        head = f"= {opened.session.survey} in {opened.session.language}: {opened.status}{ended}{late}"
        return [head, *answered]


def _kept(answer: Answer) -> str:
    if answer.media:
        said = f"({answer.media}: {answer.text})"
    elif answer.text is not None:
        said = answer.text if len(answer.text) <= 60 else f"{answer.text[:20]}… ({len(answer.text)} signs)"
        said = repr(said)
    else:
        said = ", ".join(answer.codes) if answer.number is None else f"{answer.number:g}"
    return f"{said} (late)" if answer.late else said


def _shown(seen: Seen, handle: str) -> Iterator[str]:
    elsewhere = "" if seen.handle == handle else f"(on the phone of {seen.handle}) "
    first, *others = seen.message.text.split("\n")
    if seen.gone:
        yield f"- {elsewhere}{'(typed) ' if seen.typed else ''}{_legible(first)}"
        return
    yield f"{'*' if seen.edit else '<'} {elsewhere}{_legible(first)}"
    yield from (f"  {_legible(line)}" for line in others)
    yield from _rows(seen.message)


def _rows(message: Outbound) -> Iterator[str]:
    if message.attachment is not None:
        yield f"  ({message.attachment.kind}: {message.attachment.name})"
    for row in message.buttons:
        yield "  " + " ".join(f"[{button.label}]" for button in row)


def _legible(text: str) -> str:
    """Signs that cannot be seen, and those that would turn the script around, are written out."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
