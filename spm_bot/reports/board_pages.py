"""The board's two pages of a quarter: objectives, clients, portfolio, decisions, processes, questions."""

from __future__ import annotations

from datetime import date

from spm_bot.analytics.board import Board, Outreach, ProcessRow, Safeguards
from spm_bot.reports import ledger, phrases, titles
from spm_bot.reports.care import care
from spm_bot.reports.corners import scatter
from spm_bot.reports.hearing import who_heard
from spm_bot.reports.press import Printed, typeset
from spm_bot.reports.questions import questions
from spm_bot.reports.reverse import signed
from spm_bot.reports.wording import NONE, change_word, rest
from spm_bot.texts import Voice, comma

_CLIENTS = ("DST5", "SAT3", "SAT5", "SAT7", "SAT8", "DST7")


def board_pdf(board: Board, voice: Voice) -> bytes:
    """A PDF (PDF/UA-1) of two A4 pages; the same bytes for the same board value."""
    name = phrases.clipped(board.institution, most=60)
    page: dict[str, Printed] = {
        "title": f"{name} · {board.quarter}",
        "institution": name,
        "kicker": voice.say("For the board"),
        "period": f"\u200e{board.quarter}\u200e · {_days(board, voice)}",
        "heard": who_heard(board.digest, voice),
        "questions": {
            "heading": voice.say("Questions for the board"),
            "rows": list[Printed](questions(board, voice)),
        },
        "objectives": ledger.objectives(board.digest.objectives, voice, approvals=True),
        "outreach": _facts(voice.say("Who we reach"), _outreach(board.outreach, voice)),
        "protection": _protection(board, voice),
        "safeguards": _facts(
            voice.say("Help and complaints in the quarter"), _safeguards(board.safeguards, voice)
        ),
        "portfolio": _facts(voice.say("Portfolio and staff beside it"), _portfolio(board, voice)),
        "scatter": scatter(board.digest, voice),
        "decisions": _decisions(board, voice),
        "processes": _processes(board, voice),
        "care": care(board.digest, voice),
        "limits": _limits(board, voice),
    }
    return typeset("board.typ", page, voice, on=date.fromisoformat(board.last))


def _days(board: Board, voice: Voice) -> str:
    first, last = (ledger.full_day(iso, voice) for iso in (board.first, board.last))
    return f"{first} – {last}"


def _facts(heading: str, facts: list[tuple[str, str | None]]) -> Printed:
    """A list of names and values, only those that are known; None where none is."""
    known: list[Printed] = [[name, value] for name, value in facts if value is not None]
    return {"heading": heading, "rows": known} if known else None


def _outreach(found: Outreach, voice: Voice) -> list[tuple[str, str | None]]:
    def share(value: float | None) -> str | None:
        return None if value is None else phrases.per_hundred(value, voice)

    known = phrases.whole(found.poor_known, voice)
    return [
        (voice.say("Active clients"), phrases.whole(found.clients, voice)),
        (voice.say("Women"), share(found.women)),
        (voice.say("In the country"), share(found.rural)),
        (voice.say("Under 30 years old"), share(found.under_30)),
        (voice.say("Below the poverty line, of %(n)s asked", n=known), share(found.poor)),
        (voice.say("First loan ever"), share(found.first_time)),
        (
            voice.say("Average balance ÷ yearly income per head"),
            None if found.balance_ratio is None else phrases.decimal(found.balance_ratio, voice, digits=2),
        ),
    ]


def _safeguards(found: Safeguards, voice: Voice) -> list[tuple[str, str | None]]:
    def count(value: int | None) -> str | None:
        return None if value is None else phrases.whole(value, voice)

    days = found.median_days
    return [
        (voice.say("Asked for a call"), count(found.asked_for_call)),
        (voice.say("Complaints received"), count(found.complaints)),
        (voice.say("Complaints solved"), count(found.solved)),
        (
            voice.say("Days until solved, median"),
            None if days is None else phrases.decimal(days, voice, digits=0),
        ),
    ]


def _protection(board: Board, voice: Voice) -> Printed:
    """The figures of client protection, with what they were a quarter before."""
    rows: list[Printed] = []
    for code in _CLIENTS:
        figure = board.digest.figure(code)
        if figure is None or (figure.now is None and not figure.rare):
            continue
        now, before = (titles.shown(code, measure) for measure in (figure.now, figure.before))
        rows.append(
            [
                titles.title(code, voice),
                phrases.figure_value(figure, now, voice),
                NONE if before is None else phrases.brief(before, voice),
                change_word(figure.verdict, voice) or NONE,
                comma(voice.language).join(titles.aims(figure.aims, voice, indicator=code)) or NONE,
            ]
        )
    if not rows:
        return None
    return {
        "heading": voice.say("Client protection"),
        "head": [
            voice.say("Of those who answered"),
            voice.say("Now"),
            voice.say("13 weeks before"),
            voice.say("Change"),
            voice.say("Limit and target"),
        ],
        "rows": rows,
        "more": rest(len(rows), voice),
    }


def _portfolio(board: Board, voice: Voice) -> list[tuple[str, str | None]]:
    """The whole book and the whole staff; beside client figures, never as their cause."""
    digest = board.digest
    whole = [book for book in digest.books if book.branch is None and book.product is None]
    book = next((book for book in whole if book.currency == digest.currency), None)
    load = next((row for row in board.workloads if row.branch is None), None)

    def percent(value: float | None) -> str | None:
        return None if value is None else phrases.percent(value, voice)

    growth = load.growth if load else None
    officer = load.borrowers_per_officer if load else None
    return [
        (voice.say("Loan list of"), ledger.full_day(book.as_of, voice) if book else None),
        (voice.say("PAR30"), percent(book.par30) if book else None),
        (voice.say("Restructured"), percent(book.restructured) if book else None),
        (voice.say("Written off"), percent(book.written_off) if book else None),
        (voice.say("Growth in a year"), None if growth is None else signed(growth, voice)),
        (
            voice.say("Borrowers per officer"),
            None if officer is None else phrases.decimal(officer, voice, digits=0),
        ),
        (voice.say("Staff trained in client protection"), percent(load.trained) if load else None),
        (voice.say("Staff who left within a year"), percent(load.turnover) if load else None),
    ]


def _decisions(board: Board, voice: Voice) -> Printed:
    if not board.decisions:
        return None
    late = sum(row.late for row in board.decisions)
    return {
        "heading": voice.say("Decisions of the quarter and open ones"),
        "late": voice.count("%(n)s is late", "%(n)s are late", late) if late else "",
        **ledger.decision_table(board.decisions, board.digest, voice),
    }


def _processes(board: Board, voice: Voice) -> Printed:
    if not board.processes:
        return None
    return {
        "heading": voice.say("Processes that must pull the same way"),
        "head": [
            voice.say("Process"),
            voice.say("Owner"),
            voice.say("Last review"),
            voice.say("Next review"),
        ],
        "rows": [_process(row, voice) for row in board.processes],
        "more": rest(len(board.processes), voice),
    }


def _process(row: ProcessRow, voice: Voice) -> Printed:
    due = ledger.full_day(row.next_review, voice)
    late: Printed = {"tone": "worse", "word": f"{due} · {voice.say('overdue')}"}
    return [
        phrases.clipped(row.name),
        phrases.clipped(row.owner, most=48),
        NONE if row.last_review is None else ledger.full_day(row.last_review, voice),
        late if row.overdue else due,
    ]


def _limits(board: Board, voice: Voice) -> list[Printed]:
    """What these figures cannot say, and to whom clients may turn outside."""
    lines = [
        voice.say(
            "Figures are of those who answered in the chat, in the 13 weeks until the end of %(week)s.",
            week=board.digest.week,
        ),
        voice.say(
            "Client figures and portfolio stand beside each other; neither is said to cause the other."
        ),
    ]
    if board.regulators:
        names = comma(voice.language).join(phrases.clipped(name, most=48) for name in board.regulators[:4])
        lines.append(voice.say("Outside bodies that clients can turn to: %(names)s.", names=names))
    lines.append(voice.say("method %(version)s", version=board.digest.method))
    return list[Printed](lines)
