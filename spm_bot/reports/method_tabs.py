"""Sheets that explain the others: how every figure is made, and what each indicator counts."""

from __future__ import annotations

from collections.abc import Iterator

from spm_bot.analytics.crosswalk import EDITIONS, Scheme
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.indicators import CATALOGUE, SENSITIVE
from spm_bot.reports import phrases, titles
from spm_bot.reports.binding import Block, Tab, Written
from spm_bot.reports.care import survey_name
from spm_bot.reports.corners import list_date
from spm_bot.reports.definitions import better_word, definition, unit_name
from spm_bot.reports.spread import days
from spm_bot.reports.summary_tab import scope
from spm_bot.texts import Voice, comma, sentence
from spm_bot.times import Week

_RULES = (
    (
        sentence("Windows"),
        sentence(
            "Every figure covers 13 weeks and is compared with 13 earlier weeks; the two never overlap. "
            "Whoever answered twice in a window counts once, with the later answer."
        ),
    ),
    (
        sentence("Range"),
        sentence(
            "With all clients the figure would most likely lie between lowest and highest (95 times in 100): "
            "Wilson's range for shares, MOVER on two of them for the net promoter score, Student's t "
            "for means. It tells what chance does to those who answered, nothing of those who did not."
        ),
    ),
    (
        sentence("Weights"),
        sentence(
            "Where a figure says so, answers are weighed to the client list by days late, branch and "
            "gender, product, and time with us. The range then stands for fewer answers than were given."
        ),
    ),
    (
        sentence("Change"),
        sentence(
            "“Worse” and “better” are only said with 30 answers or more in both windows, and where chance "
            "hardly explains the change, all changes judged together (Benjamini and Hochberg)."
        ),
    ),
    (
        sentence("Few answers"),
        sentence(
            "Under 30 answers a share of a tenth or less, or of nine tenths or more, is only said to lie "
            "there. A value is left out where its range is wider than 20 points each way."
        ),
    ),
    (
        sentence("Own index"),
        sentence("Debt stress is an index of our own: not validated, not comparable with others."),
    ),
    (
        sentence("Cause"),
        sentence("Client figures and portfolio stand beside each other; neither is said to cause the other."),
    ),
)


def method_tab(digest: Digest, voice: Voice) -> Tab:
    """What holds for all sheets, in pairs of name and words."""
    return Tab(
        voice.say("Method"),
        (
            Block([list(pair) for pair in _facts(digest, voice)], heading=voice.say("This workbook")),
            Block([list(pair) for pair in _rules(digest, voice)], heading=voice.say("How figures are made")),
        ),
        kept=1,
    )


def _facts(digest: Digest, voice: Voice) -> Iterator[tuple[Written, Written]]:
    week = Week.parse(digest.week)
    yield voice.say("Institution"), digest.institution
    yield voice.say("Scope"), scope(digest, voice)
    yield voice.say("Week"), digest.week
    yield voice.say("Last day"), week.end
    yield voice.say("Weeks of branches and groups"), days(digest.branch_window, voice)
    yield voice.say("Portfolio"), list_date(digest, voice) or voice.say("There are no portfolio data.")
    yield voice.say("Smallest number of people shown"), digest.minimum_cell
    yield voice.say("Version of the method"), digest.method
    yield voice.say("IRIS+ catalogue"), EDITIONS[Scheme.IRIS]
    yield voice.say("Universal Standards, edition"), EDITIONS[Scheme.UNIVERSAL]


def _rules(digest: Digest, voice: Voice) -> Iterator[tuple[Written, Written]]:
    yield from ((voice.say(name), voice.say(words)) for name, words in _RULES)
    smallest = phrases.whole(digest.minimum_cell, voice)
    sensitive = comma(voice.language).join(code for code in CATALOGUE if code in SENSITIVE)
    yield (
        voice.say("Hidden"),
        voice.say(
            "A group of fewer than %(n)s people is not shown, nor others from which it could be worked out. "
            "All of them carry the same mark (*), whatever they are hidden for.",
            n=smallest,
        ),
    )
    yield (
        voice.say("Sensitive"),
        voice.say(
            "%(codes)s: of a branch only with 30 people or more; never unless five said it and five did not.",
            codes=sensitive,
        ),
    )


def dictionary_tab(voice: Voice) -> Tab:
    """Every indicator there is, with what it counts, of whom, and the standards that it informs."""
    columns = (
        *(voice.say("Code"), voice.say("Figure"), voice.say("Survey"), voice.say("What is counted")),
        *(voice.say("Of whom"), voice.say("Left out"), voice.say("Unit"), voice.say("Direction")),
        *(voice.say("Standards"), voice.say("Please note")),
    )
    return Tab(
        voice.say("Dictionary"),
        (Block([_entry(code, voice) for code in CATALOGUE], head=columns),),
        kept=2,
    )


def _entry(code: str, voice: Voice) -> list[Written]:
    found, told = CATALOGUE[code], definition(code, voice)
    return [
        *(code, titles.title(code, voice), survey_name(found.survey, voice)),
        *(told.counted, told.of, told.but),
        *(unit_name(found.unit, voice), better_word(code, voice)),
        comma(voice.language).join(found.standards),
        voice.say("sensitive") if code in SENSITIVE else None,
    ]
