"""What the week asks for, and the step that follows: about loans, products and process, never a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from spm_bot.analytics.actions import ActionKind
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import AimKind
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.windows import WINDOW
from spm_bot.reports import phrases, titles
from spm_bot.texts import Voice, sentence
from spm_bot.times import Week

_INSTALMENTS = sentence("Do: check how instalments are fitted to incomes before a loan is given.")
_VISITS = sentence("Do: go through how visits and collections are done.")
_WAYS = sentence("Do: show the ways to complain again, in every branch and in this chat.")
_PROBLEMS = sentence("Do: go through how problems are taken up and solved.")
_GROUPS = sentence("Do: compare products and groups of clients in the report.")

_DO: Mapping[str, str] = MappingProxyType(
    {
        "SAT3": _VISITS,
        "SAT4": sentence("Do: go through how costs are told before a loan is signed."),
        "SAT5": _WAYS,
        "SAT5b": _WAYS,
        "SAT6": _PROBLEMS,
        "SAT7": _PROBLEMS,
        "SAT8": _WAYS,
        "SAT8b": _WAYS,
        "DST7": _VISITS,
        "DST7g": _VISITS,
        "DST9": sentence("Do: check when a new loan is given before the old one is paid."),
        **dict.fromkeys(("DST1", "DST2", "DST3", "DST4", "DST5", "DST6", "DST8"), _INSTALMENTS),
    }
)
# Of shares it is said whose they are.
_ACTS: Mapping[tuple[ActionKind, bool], str] = MappingProxyType(
    {
        (ActionKind.LIMIT_BREACHED, True): sentence(
            "ACT: all branches. %(title)s clearly beyond your limit: %(value)s of those who answered."
        ),
        (ActionKind.LIMIT_BREACHED, False): sentence(
            "ACT: all branches. %(title)s clearly beyond your limit: %(value)s."
        ),
        (ActionKind.WORSE, True): sentence(
            "ACT: all branches. %(title)s clearly worse: %(value)s of those who answered."
        ),
        (ActionKind.WORSE, False): sentence("ACT: all branches. %(title)s clearly worse: %(value)s."),
    }
)
_CALM: Mapping[ActionKind, str] = MappingProxyType(
    {
        ActionKind.NOTHING: sentence("Nothing needs action."),
        ActionKind.MONTHLY: sentence("Branch verdicts come with the first digest of a month."),
        ActionKind.SILENT: sentence("Too few answers to say whether anything needs action."),
    }
)


def action_sentences(digest: Digest, voice: Voice) -> tuple[str, ...]:
    """Where, what, and what to do: two sentences; one when nothing asks for action."""
    match digest.action.kind:
        case ActionKind.BRANCH_WORSE:
            told = (_branch(digest, voice), _review(digest, voice))
        case ActionKind.LIMIT_BREACHED | ActionKind.WORSE:
            indicator = digest.action.indicator or digest.branch_indicator
            told = (_institution(digest, indicator, voice), voice.say(_DO.get(indicator, _GROUPS)))
        case calm:
            return (voice.say(_CALM[calm]),)
    act, do = told
    return act, f"{do} {_callers(digest.action.callers, voice)}".rstrip()


def _branch(digest: Digest, voice: Voice) -> str:
    indicator = digest.action.indicator or digest.branch_indicator
    rows = digest.rows(Dimension.BRANCH, indicator)
    row = next(row for row in rows if row.code == digest.action.branch)
    told = voice.say(
        "ACT: %(branch)s. %(title)s clearly worse: %(value)s of those who answered.",
        branch=phrases.clipped(row.name),
        title=titles.title(indicator, voice),
        value=phrases.value(titles.shown(indicator, row.now), voice),
    )
    if digest.branch_limit is None or indicator != digest.branch_indicator:
        return told
    limit = titles.number(indicator, digest.branch_limit, voice)
    return f"{told} {voice.say('Your limit: %(limit)s.', limit=limit)}"


def _review(digest: Digest, voice: Voice) -> str:
    since = Week.parse(digest.week).minus(WINDOW - 1).start
    return voice.say("Do: review loans made there since %(month)s.", month=phrases.month(since, voice))


def _institution(digest: Digest, indicator: str, voice: Voice) -> str:
    figure = digest.figure(indicator)
    told = voice.say(
        _ACTS[digest.action.kind, titles.unit(indicator) is Unit.SHARE],
        title=titles.title(indicator, voice),
        value=phrases.value(None if figure is None else titles.shown(indicator, figure.now), voice),
    )
    limits = [] if figure is None else [aim for aim in figure.aims if aim.kind is AimKind.LIMIT]
    if not limits:
        return told
    limit = titles.number(indicator, limits[0].value, voice)
    return f"{told} {voice.say('Your limit: %(limit)s.', limit=limit)}"


def _callers(callers: int | None, voice: Voice) -> str:
    if callers is None:
        return ""
    return voice.count("Call the %(n)s who asked for help.", "Call the %(n)s who asked for help.", callers)
