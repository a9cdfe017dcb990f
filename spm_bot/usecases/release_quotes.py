"""`/quotes`: an SPM manager reads comments without personal data, one by one, and releases or drops them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from zlib import crc32

from spm_bot.analytics.themes import quotable
from spm_bot.analytics.windows import window
from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.protection.redaction import name_words, redacted
from spm_bot.reports import labels
from spm_bot.storage import audits, namesakes, quotes, sessions
from spm_bot.storage.comments import Comment
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.session import Answer
from spm_bot.times import Week
from spm_bot.usecases.gather_themes import sorted_comments
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import MAY_QUOTE, Colleague, colleague, is_behind_wall, refuse

WORD = "quote"
LONGEST = 400

Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Offer:
    """A comment as it may be read by whoever releases it. `mark` changes with the words: a button below
    other words than those stored now releases nothing.
    """

    comment: Comment
    theme: str
    words: str

    @property
    def mark(self) -> int:
        return crc32(self.words.encode())


def show_next(visit: Visit) -> None:
    """The oldest comment of 13 weeks that nobody has looked at, with its theme and its buttons."""
    if _releaser(visit) is None:
        return
    found = next(_offers(visit), None)
    if found is None:
        visit.say(visit.voice.say("No comment waits to be looked at."))
        return
    visit.say(_message(visit, found), kind="staff")


def press(visit: Visit, token: Token) -> None:
    """A button below a comment was pressed."""
    who = _releaser(visit)
    if who is None:
        return
    found = _offer(visit, token.id, token.turn)
    if found is None:
        visit.say(visit.voice.say("That comment is no longer there, or decided already."))
    elif token.action is Action.START:
        values: dict[str, str | float] = {"number": str(token.id), "mark": str(token.turn)}
        begin(visit, visit.desk.library.survey("quote"), staff=who.staff, values=values)
        return
    else:
        _settle(visit, who, found, found.words if token.action is Action.YES else None)
    show_next(visit)


def preview(visit: Visit, opened: Opened, answers: Answers) -> dict[str, str | float]:
    """The other words, redacted again."""
    found = _opened_offer(visit, opened)
    line = "" if found is None else _redacted(visit, found.comment.branch, answers["other"].text or "")
    return {"line": line, "ready": "yes" if line else "no"}


def submit(visit: Visit, opened: Opened, answers: Answers) -> None:
    """Releases the comment in the other words, if they were confirmed. They are not kept with the form, where
    they would outlive a client who is forgotten.
    """
    who = _releaser(visit)
    found = None if who is None else _opened_offer(visit, opened)
    unsaid = replace(opened.session, answers=MappingProxyType({}), values=MappingProxyType({}))
    sessions.save(visit.connection, opened, unsaid, status=opened.status, at=visit.now)
    if who is None:
        return
    if found is None:
        visit.say(visit.voice.say("That comment is no longer there, or decided already."))
    elif "confirm" in answers and answers["confirm"].codes == ("yes",):
        _settle(visit, who, found, _redacted(visit, found.comment.branch, answers["other"].text or ""))
    else:
        visit.say(visit.voice.say("Nothing was released."))
    show_next(visit)


def _settle(visit: Visit, who: Colleague, offer: Offer, words: str | None) -> None:
    zone = visit.desk.institution.time_zone
    quotes.settle(
        visit.connection,
        offer.comment.id,
        week=str(Week.of(visit.now, zone)),
        branch=offer.comment.branch,
        theme=offer.theme,
        words=words,
        by=who.subject,
        at=visit.now,
    )
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=who.subject,
        event="quote_dropped" if words is None else "quote_released",
        comment=offer.comment.id,
        theme=offer.theme,
        changed=words not in {None, offer.words},
    )
    say = visit.voice.say
    if words is None:
        visit.say(say("Dropped. Nobody else reads it."))
    else:
        visit.say(say("Released. It stands in the digests of the next 13 weeks."))


def _releaser(visit: Visit) -> Colleague | None:
    """Whoever speaks, if they may release quotes; else they are told that they may not."""
    who = None if is_behind_wall(visit) else colleague(visit, MAY_QUOTE)
    if who is None:
        refuse(visit)
    return who


def _waiting(visit: Visit) -> Iterator[tuple[Comment, str]]:
    """Comments that may be quoted and were not settled, with their theme, the oldest first. Never one about
    staff or harm, never one of a survey that was broken off or raised a flag.
    """
    week = Week.of(visit.now, visit.desk.institution.time_zone)
    done = quotes.settled(visit.connection)
    for each in sorted_comments(visit.connection, window(week), visit.desk.institution):
        theme = quotable(each.themes)
        if theme is not None and not each.conduct and each.comment.whole and each.comment.id not in done:
            yield each.comment, theme


def _offers(visit: Visit) -> Iterator[Offer]:
    """What waits, redacted; nothing of which no word is left."""
    for comment, theme in _waiting(visit):
        offer = Offer(comment, theme, _redacted(visit, comment.branch, comment.text))
        if any(char.isalpha() for char in offer.words):
            yield offer


def _offer(visit: Visit, number: int, mark: int) -> Offer | None:
    mine = ((comment, theme) for comment, theme in _waiting(visit) if comment.id == number)
    for comment, theme in mine:
        offer = Offer(comment, theme, _redacted(visit, comment.branch, comment.text))
        if offer.mark == mark:
            return offer
    return None


def _opened_offer(visit: Visit, opened: Opened) -> Offer | None:
    values = opened.session.values
    return _offer(visit, int(values["number"]), int(values["mark"]))


def _redacted(visit: Visit, branch: str, text: str) -> str:
    names = name_words(namesakes.names_around(visit.connection, branch))
    words = redacted(text, names=names)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def _message(visit: Visit, offer: Offer) -> Outbound:
    say = visit.voice.say
    head = say("A comment on: %(theme)s", theme=labels.theme(offer.theme, visit.voice))
    buttons = (
        (say("Release"), Action.YES),
        (say("Change"), Action.START),
        (say("Drop"), Action.NO),
    )
    row = tuple(
        Button(label, Token(Subject.COMMAND, offer.comment.id, offer.mark, action, WORD))
        for label, action in buttons
    )
    return Outbound(f"{head}\n“{offer.words}”", (row,))
