"""What groups of clients, corners, levers, remarks and ranges of response are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.commitments import Lever, Outcome
from spm_bot.analytics.digest import Remark
from spm_bot.analytics.dimensions import UNKNOWN, Arrears, Cycle, Dimension, Tenure
from spm_bot.analytics.quadrants import Corner
from spm_bot.analytics.quality import Reach, ReachRow
from spm_bot.reports import phrases
from spm_bot.texts import Voice, language_name, sentence

DIMENSIONS: Mapping[Dimension, str] = MappingProxyType(
    {
        Dimension.BRANCH: sentence("Branch"),
        Dimension.PRODUCT: sentence("Product"),
        Dimension.LOAN_METHOD: sentence("Kind of loan"),
        Dimension.GENDER: sentence("Women and men"),
        Dimension.TENURE: sentence("Time with us"),
        Dimension.CYCLE: sentence("Loan in a row"),
        Dimension.ARREARS: sentence("Days late"),
        Dimension.LANGUAGE: sentence("Language"),
        Dimension.CHANNEL: sentence("Way of answering"),
        Dimension.AREA: sentence("Town and country"),
    }
)
_CODES: Mapping[tuple[Dimension, str], str] = MappingProxyType(
    {
        (Dimension.GENDER, "female"): sentence("women"),
        (Dimension.GENDER, "male"): sentence("men"),
        (Dimension.GENDER, "other"): sentence("other"),
        (Dimension.LOAN_METHOD, "group"): sentence("group loan"),
        (Dimension.LOAN_METHOD, "individual"): sentence("individual loan"),
        (Dimension.TENURE, Tenure.UNDER_1): sentence("under 1 year"),
        (Dimension.TENURE, Tenure.TO_3): sentence("1 to under 3 years"),
        (Dimension.TENURE, Tenure.OVER_3): sentence("3 years and more"),
        (Dimension.CYCLE, Cycle.FIRST): sentence("first loan"),
        (Dimension.CYCLE, Cycle.TO_3): sentence("second or third loan"),
        (Dimension.CYCLE, Cycle.OVER_3): sentence("fourth loan or later"),
        (Dimension.ARREARS, Arrears.NONE): sentence("not late"),
        (Dimension.ARREARS, Arrears.TO_30): sentence("1 to 30 days late"),
        (Dimension.ARREARS, Arrears.OVER_30): sentence("more than 30 days late"),
        (Dimension.AREA, "urban"): sentence("in a town"),
        (Dimension.AREA, "rural"): sentence("in the country"),
    }
)
CORNERS: Mapping[Corner, str] = MappingProxyType(
    {
        Corner.NO_SIGN: sentence("no warning sign"),
        Corner.HIDDEN_STRESS: sentence("hidden stress"),
        Corner.CREDIT_PROBLEM: sentence("credit problem"),
        Corner.BOTH_HIGH: sentence("both high"),
        Corner.UNCLEAR: sentence("too close to call"),
    }
)
THEMES: Mapping[str, str] = MappingProxyType(
    {
        "price": sentence("prices and fees"),
        "treatment": sentence("how staff treat people"),
        "waiting": sentence("waiting and the branch"),
        "group": sentence("the group"),
        "dates": sentence("instalments and dates"),
        "product": sentence("amounts and products"),
        "phone": sentence("phone, app and transfers"),
        "thanks": sentence("thanks and praise"),
        "safety": sentence("fear, threats and harm"),
    }
)
LEVERS: Mapping[Lever, str] = MappingProxyType(
    {
        Lever.PRODUCT: sentence("product"),
        Lever.PRICE: sentence("price"),
        Lever.CREDIT_POLICY: sentence("credit policy"),
        Lever.COLLECTIONS: sentence("collections"),
        Lever.INCENTIVES: sentence("incentives"),
        Lever.TRAINING: sentence("training"),
        Lever.RECRUITMENT: sentence("recruitment"),
        Lever.MARKETING: sentence("marketing"),
        Lever.COMPLAINT_CHANNEL: sentence("ways to complain"),
        Lever.INFORMATION: sentence("information"),
        Lever.NO_ACTION: sentence("no action"),
    }
)
OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.MET: sentence("met"),
        Outcome.NOT_MET: sentence("not met"),
        Outcome.UNCLEAR: sentence("unclear"),
    }
)
REMARKS: Mapping[Remark, str] = MappingProxyType(
    {
        Remark.SMALL_INSTITUTION: sentence("Small institution: an administrator may also work on cases."),
        Remark.STALE_PORTFOLIO: sentence("The portfolio data are old: no newer loan list has come in."),
        Remark.NO_PORTFOLIO: sentence("There are no portfolio data."),
        Remark.STRESS_BRAKED: sentence(
            "Fewer clients are asked about debt stress now, so that all who need help get it in time."
        ),
    }
)
_REACHES: Mapping[Reach, str] = MappingProxyType(
    {
        Reach.ALL: sentence("All clients"),
        Reach.BRANCH: sentence("Branch"),
        Reach.ARREARS: sentence("Days late"),
    }
)


def dimension(found: Dimension, voice: Voice) -> str:
    """The heading of a one-way table."""
    return voice.say(DIMENSIONS[found])


def row_name(found: Dimension, row: Row, voice: Voice) -> str:
    """What a row of a table is called."""
    return code_name(found, row.code, voice, name=row.name)


def code_name(found: Dimension, code: str, voice: Voice, *, name: str = "") -> str:
    """What a code is called: in our words where we have them, else by `name`, else by itself."""
    if code == UNKNOWN:
        return voice.say("not known")
    if found is Dimension.LANGUAGE:
        return language_name(code)
    word = _CODES.get((found, code))
    return phrases.cleaned(name or code) if word is None else voice.say(word)


def reach(found: Reach, voice: Voice) -> str:
    """The heading of the lines of response of one kind."""
    return voice.say(_REACHES[found])


def reach_name(row: ReachRow, voice: Voice) -> str:
    """Whose response a line tells."""
    match row.reach:
        case Reach.ALL:
            return reach(Reach.ALL, voice)
        case Reach.BRANCH:
            return code_name(Dimension.BRANCH, row.code, voice, name=row.name)
        case _:
            return code_name(Dimension.ARREARS, row.code, voice, name=row.name)


def corner(found: Corner, voice: Voice) -> str:
    return voice.say(CORNERS[found])


def lever(found: Lever, voice: Voice) -> str:
    return voice.say(LEVERS[found])


def outcome(found: Outcome | None, voice: Voice) -> str:
    """Whether the expected change came; before its day has come, that it is open."""
    return voice.say("open") if found is None else voice.say(OUTCOMES[found])


def theme(code: str, voice: Voice) -> str:
    """What comments of a theme are about."""
    return voice.say(THEMES[code]) if code in THEMES else code


def remark(found: Remark, voice: Voice) -> str:
    return voice.say(REMARKS[found])
