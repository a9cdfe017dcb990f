"""What a code of a published standard asks for, in our words, and the line that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from spm_bot.analytics.crosswalk import EDITIONS, scheme
from spm_bot.reports.binding import Written
from spm_bot.texts import Voice, sentence

_DEMANDS: Mapping[str, str] = MappingProxyType(
    {
        "FP2635": sentence("unpaid principal of loans more than 30 days late"),
        "FP9717": sentence("loans written off in the period"),
        "OI3943": sentence("training of staff in social and environmental matters"),
        "OI4753": sentence("whether there is a policy of client protection"),
        "OI4953": sentence("whether pay rewards social and environmental results"),
        "OI5049": sentence("whether clients are asked what they think"),
        "PI2197": sentence("complaints received in the period"),
        "PI4733": sentence("whether the capacity to repay is looked at"),
        "PI5216": sentence("complaints for each client"),
        "PI6941": sentence("whether costs are told openly"),
        "PI7163": sentence("net promoter score of clients"),
        "PI8330": sentence("clients who are women"),
        "PI9250": sentence("active borrowers for each loan officer"),
        "PI9319": sentence("clients kept over the period"),
        "PI9327": sentence("active clients"),
        "PI9435": sentence("whether complaints are tracked"),
        "1A": sentence("a strategy for social goals"),
        "1B": sentence("data on social goals are collected and used"),
        "2A": sentence("the board holds management to account for social goals"),
        "2B": sentence("management carries the strategy out"),
        "3A": sentence("data on the needs of clients are collected and used"),
        "4A": sentence("clients are not lent more than they can carry"),
        "4A.1": sentence("loans follow what a client can repay"),
        "4B": sentence("clients get clear information in time"),
        "4C": sentence("clients are treated fairly and with respect"),
        "4D": sentence("data of clients are safe, and clients know their rights"),
        "4E": sentence("complaints are received and solved"),
        "5C": sentence("the staff policy supports the strategy"),
        "6A": sentence("growth is responsible"),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report on standards; whatever is not known stays empty.

    `indicator` and `title` are ours. `value`, `low` and `high` are in `unit`; `numerator` and `denominator`
    counts or money. `first` to `last` is the period, `on` the day of the evidence.
    """

    code: str
    title: str
    indicator: str = ""
    unit: str = ""
    value: Written = None
    low: Written = None
    high: Written = None
    numerator: Written = None
    denominator: Written = None
    coverage: Written = None
    completion: Written = None
    response: Written = None
    mode: str = ""
    first: date | None = None
    last: date | None = None
    method: str = ""
    limits: str = ""
    evidence: str = ""
    on: date | None = None


def heads(voice: Voice) -> tuple[str, ...]:
    """The names of the columns, in the order of `cells`."""
    return (
        *(voice.say("Standard"), voice.say("Code"), voice.say("Edition"), voice.say("What it asks for")),
        *(voice.say("Figure"), voice.say("Our code"), voice.say("Unit"), voice.say("Value")),
        *(voice.say("Lowest"), voice.say("Highest"), voice.say("Numerator"), voice.say("Denominator")),
        *(voice.say("In the chat, in 100"), voice.say("Completed, of those delivered, in 100")),
        *(voice.say("Of all clients, in 100"), voice.say("Mode"), voice.say("From"), voice.say("To")),
        *(voice.say("Method"), voice.say("Limits"), voice.say("Evidence"), voice.say("Day of the evidence")),
    )


def cells(line: Line, voice: Voice) -> list[Written]:
    """A line as a row of the sheet."""
    kind = scheme(line.code)
    return [
        *(kind.value, line.code, EDITIONS[kind], voice.say(_DEMANDS[line.code])),
        *(line.title, line.indicator, line.unit, line.value),
        *(line.low, line.high, line.numerator, line.denominator),
        *(line.coverage, line.completion, line.response, line.mode, line.first, line.last),
        *(line.method, line.limits, line.evidence, line.on),
    ]
