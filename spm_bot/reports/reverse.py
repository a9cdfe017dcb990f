"""What stands on the second page of a week: branches, and how to read it; the rest comes from its owners."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from spm_bot.analytics.digest import LEADING, Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.workloads import Workload
from spm_bot.reports import phrases, titles
from spm_bot.reports.care import care
from spm_bot.reports.corners import list_date, scatter
from spm_bot.reports.groupings import cell_text, groups, themes
from spm_bot.reports.press import Printed
from spm_bot.reports.wording import HIDDEN, NONE, change_word, rest
from spm_bot.texts import Voice, from_right

_LONG_NAME = 18
SECTIONS = ("branches", "scatter", "groups", "themes", "care")


def reverse(digest: Digest, voice: Voice) -> dict[str, Printed]:
    """The words and numbers of the second page, a section None where nothing is known."""
    return {
        "branches": _branches(digest, voice),
        "scatter": scatter(digest, voice),
        "groups": groups(digest, voice),
        "themes": themes(digest, voice),
        "care": care(digest, voice),
        "reading": _reading(digest, voice),
        "foot": _foot(digest, voice),
    }


def _branches(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    """One row a branch in the order of names, and only columns in which something stands."""
    names = _branch_names(digest)
    if not names:
        return None
    columns = [
        column for column in _columns(digest, voice) if any(_filled(column[1](code)) for code in names)
    ]
    if not columns:
        return None
    rows = digest.rows(Dimension.BRANCH, LEADING[0])
    worse = {row.code for row in rows if row.verdict is Verdict.WORSE}
    window = phrases.last_day(digest.branch_window, voice)
    hides = any(column[1](code) == HIDDEN for column in columns for code in names)
    mark = voice.say("* too few answers here, or hidden so that these cannot be worked out.")
    return {
        "heading": voice.say("Branches"),
        "note": voice.say("In order of names, no ranking · 13 weeks until %(date)s · in 100", date=window),
        "head": [voice.say("Branch"), *(title for title, _ in columns)],
        "rows": [
            [phrases.clipped(name), *(cell(code) for _, cell in columns)] for code, name in names.items()
        ],
        "kept": [place for place, code in enumerate(names) if code in worse],
        "widths": [_width([*names.values()]), *(_change_width(title, voice) for title, _ in columns)],
        "more": rest(len(names), voice),
        "mark": mark if hides else "",
    }


def _width(names: Sequence[str]) -> float:
    """How wide the column of names is, beside columns of 1."""
    return 2.4 if any(len(name) > _LONG_NAME for name in names) else 1.5


def _change_width(title: str, voice: Voice) -> float:
    if title != voice.say("Change"):
        return 1.0
    longest = max(len(titles.verdict(word, voice)) for word in Verdict)
    return 1.3 if longest <= _LONG_NAME else 2.2


def _branch_names(digest: Digest) -> Mapping[str, str]:
    """Every branch that some table names, by name."""
    found = {row.branch: row.name for row in digest.workloads if row.branch is not None}
    for code in LEADING:
        found.update({row.code: row.name for row in digest.rows(Dimension.BRANCH, code)})
    return dict(sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


def _filled(cell: Printed) -> bool:
    return cell != NONE


def _columns(digest: Digest, voice: Voice) -> list[tuple[str, Callable[[str], Printed]]]:
    loads = {row.branch: row for row in digest.workloads}
    risks = {
        book.branch: book.par30
        for book in digest.books
        if book.product is None and book.currency == digest.currency
    }

    def load(
        worded: Callable[[Workload], float | None], say: Callable[[float], str]
    ) -> Callable[[str], Printed]:
        def cell(code: str) -> Printed:
            found = worded(loads[code]) if code in loads else None
            return NONE if found is None else say(found)

        return cell

    def risk(code: str) -> Printed:
        found = risks.get(code)
        return NONE if found is None else phrases.percent(found, voice)

    return [
        *_client_columns(digest, voice),
        (voice.say("PAR30"), risk),
        (voice.say("Growth in a year"), load(lambda row: row.growth, lambda share: signed(share, voice))),
        (
            voice.say("Borrowers per officer"),
            load(
                lambda row: row.borrowers_per_officer, lambda count: phrases.decimal(count, voice, digits=0)
            ),
        ),
        (
            voice.say("Staff trained, in 100"),
            load(lambda row: row.trained, phrases.hundred),
        ),
    ]


def _client_columns(digest: Digest, voice: Voice) -> list[tuple[str, Callable[[str], Printed]]]:
    """The leading indicators, the change of the first beside it."""
    tables = {code: {row.code: row for row in digest.rows(Dimension.BRANCH, code)} for code in LEADING}

    def figure(indicator: str) -> Callable[[str], Printed]:
        def cell(code: str) -> Printed:
            row = tables[indicator].get(code)
            text = cell_text(row, indicator, voice)
            if row is None or row.window in (None, digest.branch_window):
                return text
            until = voice.say("until %(date)s", date=phrases.last_day(row.window, voice))
            return f"{text} · {until}"

        return cell

    def change(code: str) -> Printed:
        row = tables[LEADING[0]].get(code)
        return (change_word(row.verdict, voice) if row is not None else None) or NONE

    first, *others = ((titles.title(code, voice), figure(code)) for code in LEADING)
    return [first, (voice.say("Change"), change), *others]


def signed(share: float, voice: Voice) -> str:
    """`+31 %`, a change of a whole."""
    sign = "+" if share > 0 else "\u2212" if share < 0 else ""
    mark = "\u200e" if sign and from_right(voice.language) else ""
    return f"{mark}{sign}{phrases.percent(abs(share), voice)}"


def _reading(digest: Digest, voice: Voice) -> dict[str, Printed]:
    return {
        "heading": voice.say("How to read this"),
        "lines": [
            voice.say(
                "“19 (15–24)” means: 19 in 100 of those who answered; with all clients it would most "
                "likely lie between 15 and 24."
            ),
            voice.say(
                "“Worse” and “better” are only said where chance hardly explains the change from the "
                "13 weeks before."
            ),
            *_weighing(digest, voice),
            voice.say(
                "Figures of fewer than %(n)s people are not shown.",
                n=phrases.whole(digest.minimum_cell, voice),
            ),
        ],
    }


def _weighing(digest: Digest, voice: Voice) -> list[str]:
    """Whether answers stand for the clients they came from, and whom they speak of."""
    told = []
    if any(figure.weighted for figure in digest.figures):
        told.append(voice.say("Answers are weighed so that groups count as in the client list."))
    if any(figure.uneven for figure in digest.figures):
        told.append(
            voice.say("Groups answered too unevenly to be weighed; such figures stand as they came in.")
        )
    if digest.heard.chat_only:
        told.append(voice.say("All figures are of clients in the chat."))
    return told


def _foot(digest: Digest, voice: Voice) -> str:
    parts = (
        phrases.clipped(digest.institution, most=48),
        digest.week,
        list_date(digest, voice),
        voice.say("method %(version)s", version=digest.method),
    )
    return " · ".join(part for part in parts if part)
