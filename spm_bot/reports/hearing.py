"""The card's last lines: who was heard, of those asked and of all borrowers."""

from __future__ import annotations

from collections.abc import Iterator

from spm_bot.analytics.digest import Digest
from spm_bot.analytics.heard import Heard
from spm_bot.reports import phrases
from spm_bot.texts import Voice


def who_heard(digest: Digest, voice: Voice) -> str:
    """How many of those asked answered, of how many there are, and what follows for the figures."""
    heard = digest.heard
    told = [_branch_heard(digest, voice) if digest.scope is not None else _all_heard(heard, voice)]
    told += _of_all(heard, voice)
    if heard.answered is not None and heard.feedback_only:
        told.append(voice.say("Feedback, not an estimate."))
    return " ".join(told)


def _all_heard(heard: Heard, voice: Voice) -> str:
    if heard.asked == 0:
        return voice.say("Who we heard: nobody was asked in the last 13 weeks.")
    asked = phrases.whole(heard.asked, voice)
    if heard.answered is None:
        return voice.say("Who we heard: too few of %(asked)s asked to show.", asked=asked)
    answered = phrases.whole(heard.answered, voice)
    if heard.answered_this_week is None:
        return voice.say("Who we heard: %(answered)s of %(asked)s asked.", answered=answered, asked=asked)
    week = phrases.whole(heard.answered_this_week, voice)
    return voice.say(
        "Who we heard: %(answered)s of %(asked)s asked, %(week)s this week.",
        answered=answered,
        asked=asked,
        week=week,
    )


def _branch_heard(digest: Digest, voice: Voice) -> str:
    """What is counted of a branch moves on once a month, so it names its last day."""
    heard = digest.heard
    day = phrases.last_day(digest.branch_window, voice)
    if heard.asked == 0:
        return voice.say("Who we heard: nobody was asked in the 13 weeks until %(date)s.", date=day)
    asked = phrases.whole(heard.asked, voice)
    if heard.answered is None:
        return voice.say(
            "Who we heard until %(date)s: too few of %(asked)s asked to show.", date=day, asked=asked
        )
    answered = phrases.whole(heard.answered, voice)
    return voice.say(
        "Who we heard until %(date)s: %(answered)s of %(asked)s asked.",
        date=day,
        answered=answered,
        asked=asked,
    )


def _of_all(heard: Heard, voice: Voice) -> Iterator[str]:
    if heard.of_borrowers is None:
        return
    of_all = phrases.per_hundred(heard.of_borrowers, voice)
    if heard.arrears_of_borrowers is None:
        yield voice.say("Of all borrowers: %(of_all)s.", of_all=of_all)
    else:
        late = phrases.per_hundred(heard.arrears_of_borrowers, voice)
        yield voice.say("Of all borrowers: %(of_all)s; in arrears: %(late)s.", of_all=of_all, late=late)
