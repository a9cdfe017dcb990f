"""A line of the decision log in words, for whoever makes or reviews it."""

from __future__ import annotations

from collections.abc import Iterator

from spm_bot.analytics.commitments import Draft, Lever
from spm_bot.reports import labels, titles
from spm_bot.reports.phrases import full_day
from spm_bot.texts import Voice
from spm_bot.usecases.visit import Desk


def worded(draft: Draft, *, desk: Desk, voice: Voice) -> list[str]:
    """What was decided, where and why, by whom, until when, at what price; one line each."""
    place = place_named(draft.branch, desk=desk, voice=voice)
    return [f"{place}: {titles.title(draft.indicator, voice)}", *_lines(draft, voice)]


def place_named(branch: str, *, desk: Desk, voice: Voice) -> str:
    """The name of a branch; '' are all of them."""
    if not branch:
        return voice.say("All branches")
    return next((each.name for each in desk.institution.branches if each.code == branch), branch)


def _lines(draft: Draft, voice: Voice) -> Iterator[str]:
    say = voice.say
    check = full_day(draft.check_on, voice)
    if draft.lever is Lever.NO_ACTION:
        yield say("No action, because: %(reason)s", reason=draft.reason)
        yield say("Owner: %(owner)s", owner=draft.owner)
    else:
        yield say("Lever: %(lever)s", lever=labels.lever(draft.lever, voice))
        yield say("Decision: %(decision)s", decision=draft.decision)
        due = full_day(draft.due_on, voice)
        yield say("Owner: %(owner)s, due on %(due)s", owner=draft.owner, due=due)
    if draft.expected is None:
        yield say("Checked on %(check)s", check=check)
    else:
        expected = titles.number(draft.indicator, draft.expected, voice)
        yield say("Expected by %(check)s: %(expected)s", check=check, expected=expected)
    if draft.money:
        yield say("Cost or income: %(money)s", money=draft.money)
    yield say("Effect on clients: %(effect)s", effect=draft.effect)
    if draft.harms:
        yield say("Worse for some clients; approved by: %(approver)s", approver=draft.approver)
