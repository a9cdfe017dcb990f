"""Tables of aims and of decisions: what the institution promised, what it decided, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.commitments import Commitment
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.objectives import Objective
from spm_bot.reports import labels, phrases, titles
from spm_bot.reports.press import Printed
from spm_bot.reports.wording import NONE, rest, standing_word
from spm_bot.texts import Voice, comma

_SENTENCE = 150
_OWNER = 40
_SHORT = 70


def objectives(
    found: Sequence[Objective], voice: Voice, *, approvals: bool = False
) -> dict[str, Printed] | None:
    """The mission beside its measures, with the day of approval if asked for; None without objectives."""
    if not found:
        return None
    head = [
        voice.say("Mission"),
        voice.say("Measured by"),
        voice.say("At first"),
        voice.say("Now"),
        voice.say("Target"),
        voice.say("Standing"),
        voice.say("Owner"),
    ]
    approved: list[list[Printed]] = [
        [full_day(each.approved_on, voice)] if approvals else [] for each in found
    ]
    return {
        "heading": voice.say("Objectives"),
        "head": [*head, *([voice.say("Approved on")] if approvals else [])],
        "rows": [[*_objective(each, voice), *day] for each, day in zip(found, approved, strict=True)],
        "more": rest(len(found), voice),
    }


def _objective(found: Objective, voice: Voice) -> list[Printed]:
    code = found.indicator
    target = voice.say(
        "%(value)s by %(date)s",
        value=titles.number(code, found.target, voice),
        date=full_day(found.by, voice),
    )
    standing = standing_word(found.standing, voice)
    if (points := _points(found, voice)) != "0":
        standing["word"] = f"{standing['word']} · " + voice.say("%(points)s a quarter needed", points=points)
    return [
        phrases.clipped(found.mission, most=_SENTENCE),
        titles.title(code, voice),
        NONE if found.baseline is None else titles.number(code, found.baseline, voice),
        phrases.brief(titles.shown(code, found.now), voice),
        target,
        standing,
        phrases.clipped(found.owner, most=_OWNER),
    ]


def _points(found: Objective, voice: Voice) -> str:
    """How far the figure must move in a quarter, as it is told; "0" where that is nothing."""
    pace = found.pace or 0.0
    told = -pace if found.indicator in titles.TURNED else pace
    return phrases.change(told, 0, titles.unit(found.indicator), voice)


def decisions(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    """What was decided and whether it came; None without a line, a debt or a word to clients."""
    log = digest.commitments
    if not (log.rows or log.owed or log.said or log.open):
        return None
    owed = comma(voice.language).join(titles.title(code, voice) for code in log.owed)
    return {
        "heading": voice.say("Decisions"),
        "counts": voice.say(
            "open %(open)s, late %(late)s",
            open=phrases.whole(log.open, voice),
            late=phrases.whole(log.late, voice),
        ),
        **decision_table(log.rows, digest, voice),
        "owed": (voice.say("Over a limit and no decision yet: %(titles)s.", titles=owed) if owed else ""),
        "said": [
            voice.say("Clients were told: %(words)s", words=phrases.clipped(words, most=_SENTENCE))
            for words in log.said
        ],
    }


def decision_table(rows: Sequence[Commitment], digest: Digest, voice: Voice) -> dict[str, Printed]:
    """Decisions with both effects, the late ones marked, and what came of them."""
    compared = any(row.branch is not None or row.outcome is not None for row in rows)
    return {
        "head": [
            voice.say("Decision"),
            voice.say("Where and what for"),
            voice.say("Owner and day"),
            voice.say("Expected"),
            voice.say("Now"),
            voice.say("Money and clients"),
        ],
        "rows": [_decision(row, digest, voice) for row in rows],
        "more": rest(len(rows), voice),
        "caution": caution(voice) if compared else "",
    }


def caution(voice: Voice) -> str:
    """What must stand beside every effect: those picked at their worst come back by themselves."""
    return voice.say(
        "Places that were picked because they were bad often look better later, even if nothing is done. "
        "Read every change beside places without a decision."
    )


def _decision(row: Commitment, digest: Digest, voice: Voice) -> list[Printed]:
    lever = labels.lever(row.lever, voice)
    decision = phrases.clipped(row.decision, most=_SENTENCE)
    effects = (phrases.clipped(words, most=_SHORT) for words in (row.money, row.effect))
    return [
        f"{row.number}. {decision} ({lever})",
        f"{_place(row, digest, voice)} · {titles.title(row.indicator, voice)}",
        _owner(row, voice),
        _expected(row, voice),
        _came(row, digest, voice),
        " · ".join(words for words in effects if words) or NONE,
    ]


def _place(row: Commitment, digest: Digest, voice: Voice) -> str:
    if row.branch is None:
        return voice.say("all branches")
    return branch_name(row.branch, digest)


def branch_name(code: str, digest: Digest) -> str:
    """A branch's name, as far as some table of the digest has it."""
    rows = digest.rows(Dimension.BRANCH, digest.branch_indicator)
    names = [row.name for row in rows if row.code == code]
    names += [row.name for row in digest.workloads if row.branch == code]
    return phrases.clipped(names[0] if names else code)


def _owner(row: Commitment, voice: Voice) -> Printed:
    told = f"{phrases.clipped(row.owner, most=_OWNER)} · {full_day(row.due_on, voice)}"
    return {"tone": "worse", "word": f"{told} · {voice.say('late')}"} if row.late else told


def _expected(row: Commitment, voice: Voice) -> str:
    if row.expected is None:
        return NONE
    code = row.indicator
    return voice.say(
        "from %(since)s to %(expected)s by %(date)s",
        since=NONE if row.since is None else titles.number(code, row.since, voice),
        expected=titles.number(code, row.expected, voice),
        date=full_day(row.check_on, voice),
    )


def _came(row: Commitment, digest: Digest, voice: Voice) -> str:
    """The figure of today, and once its day has come whether the expected change had."""
    figure = digest.figure(row.indicator)
    place: Row | None = next(
        (each for each in digest.rows(Dimension.BRANCH, row.indicator) if each.code == row.branch), None
    )
    found = (figure.now if figure else None) if row.branch is None else (place.now if place else None)
    now = NONE if found is None else phrases.brief(titles.shown(row.indicator, found), voice)
    return f"{now} · {labels.outcome(row.outcome, voice)}"


def full_day(iso: str, voice: Voice) -> str:
    return phrases.full_day(date.fromisoformat(iso), voice)
