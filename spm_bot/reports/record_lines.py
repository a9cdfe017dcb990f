"""Lines of the report on standards that lists, cases and logs fill, not answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from spm_bot.analytics.board import Board
from spm_bot.analytics.digest import Remark
from spm_bot.analytics.portfolio import Book
from spm_bot.reports import labels, phrases
from spm_bot.reports.binding import per_cent, tidy
from spm_bot.reports.demands import Line
from spm_bot.texts import Voice, half_up

_UNKNOWN = ("OI4753", "OI4953", "4D")


def record_lines(board: Board, voice: Voice) -> Iterator[Line]:
    """Every code that no answer fills, with what is known of it."""
    for lines in (_listening, _complaints, _clients, _staff, _portfolio, _steering):
        yield from lines(board, voice)
    told = voice.say("Not kept by the bot: to be filled in by the institution.")
    yield from (Line(code=code, title="", limits=told) for code in _UNKNOWN)
    for code, sign in (("PI4733", "DST9"), ("PI6941", "SAT4")):
        evidence = voice.say("%(code)s shows how clients see it", code=sign)
        yield Line(code=code, title="", limits=told, evidence=evidence)


def _quarter(board: Board, line: Line) -> Line:
    """The line for the whole quarter."""
    first, last = date.fromisoformat(board.first), date.fromisoformat(board.last)
    return replace(line, first=first, last=last, on=last)


def _day(board: Board, line: Line) -> Line:
    """The line as lists were on the last day of the quarter."""
    last = date.fromisoformat(board.last)
    return replace(line, last=last, on=last)


def _listening(board: Board, voice: Voice) -> Iterator[Line]:
    heard = board.digest.heard
    line = Line(code="OI5049", title=voice.say("Surveys by chat"), unit=voice.say("yes or no"))
    if not heard.delivered:
        yield line
        return
    evidence = voice.say(
        "%(delivered)s of %(asked)s invitations reached a phone in 13 weeks",
        delivered=phrases.whole(heard.delivered, voice),
        asked=phrases.whole(heard.asked, voice),
    )
    yield _day(board, replace(line, value=voice.say("yes"), mode=voice.say("chat"), evidence=evidence))


def _complaints(board: Board, voice: Voice) -> Iterator[Line]:
    found, clients = board.safeguards, board.outreach.clients
    mode, title = voice.say("cases"), voice.say("Complaints received")
    count = Line(code="PI2197", title=title, unit=voice.say("complaints"), mode=mode)
    ratio = replace(count, code="PI5216", unit=voice.say("complaints for each client"))
    tracked = Line(code="PI9435", title=voice.say("Case queue"), unit=voice.say("yes or no"), mode=mode)
    solved = Line(
        code="4E", title=voice.say("Complaints solved"), unit=voice.say("in 100 of those received"), mode=mode
    )
    if found.complaints is None:
        yield from (tracked, count, ratio, solved)
        return
    yield _quarter(board, replace(tracked, value=voice.say("yes")))
    yield _quarter(board, replace(count, value=found.complaints))
    if clients:
        each = tidy(half_up(found.complaints / clients, 4))
        ratio = replace(ratio, value=each, numerator=found.complaints, denominator=clients)
    yield _quarter(
        board, replace(ratio, limits=voice.say("Until 2022 this code was counted in percent of clients."))
    )
    if found.solved is not None and found.complaints:
        value = per_cent(found.solved / found.complaints)
        solved = replace(solved, value=value, numerator=found.solved, denominator=found.complaints)
    yield _quarter(board, solved)


def _clients(board: Board, voice: Voice) -> Iterator[Line]:
    found = board.outreach
    mode, share = voice.say("client list"), voice.say("in 100 of those of whom the list tells it")
    yield _day(
        board,
        Line(
            code="PI9327",
            title=voice.say("Active clients"),
            unit=voice.say("clients"),
            value=found.clients,
            mode=mode,
        ),
    )
    counted = voice.say("Only the share of women is kept, see 1A.")
    yield Line(code="PI8330", title="", unit=voice.say("clients"), limits=counted)
    shares = (
        ("OUT1", voice.say("Women"), found.women, None),
        ("OUT2", voice.say("In the country"), found.rural, None),
        ("OUT3", voice.say("Below the poverty line"), found.poor, found.poor_known),
        ("OUT4", voice.say("Under 30 years old"), found.under_30, None),
        ("OUT6", voice.say("First loan ever"), found.first_time, None),
    )
    for code, title, value, known in shares:
        line = Line(code="1A", title=title, indicator=code, unit=share, mode=mode)
        told = None if value is None else per_cent(value)
        yield line if told is None else _day(board, replace(line, value=told, denominator=known))


def _staff(board: Board, voice: Voice) -> Iterator[Line]:
    load = next((row for row in board.workloads if row.branch is None), None)
    each = load.borrowers_per_officer if load else None
    loads = Line(
        code="PI9250",
        title=voice.say("Borrowers per officer"),
        unit=voice.say("borrowers"),
        mode=voice.say("client list"),
        limits=voice.say("Borrowers whose officer the list of staff names."),
    )
    yield loads if each is None else _day(board, replace(loads, value=tidy(half_up(each, 1))))
    trained = voice.say("Staff trained in client protection")
    left = voice.say("Staff who left within a year")
    of_staff, of_loans = voice.say("in 100 of staff"), voice.say("in 100 of a year before")
    known = (
        ("5C", "STF1", trained, of_staff, voice.say("staff list"), load.trained if load else None),
        ("5C", "STF2", left, of_staff, voice.say("staff list"), load.turnover if load else None),
        (
            "6A",
            "FIN5",
            voice.say("Growth in a year"),
            of_loans,
            voice.say("loan list"),
            load.growth if load else None,
        ),
    )
    for code, indicator, title, unit, mode, value in known:
        line = Line(code=code, title=title, indicator=indicator, unit=unit, mode=mode)
        yield line if value is None else _day(board, replace(line, value=per_cent(value)))
    other = voice.say("Only training in client protection is kept, see 5C.")
    yield Line(code="OI3943", title="", limits=other)


def _portfolio(board: Board, voice: Voice) -> Iterator[Line]:
    digest = board.digest
    whole = [book for book in digest.books if book.branch is None and book.product is None]
    book = next((book for book in whole if book.currency == digest.currency), None)
    late = Line(
        code="FP2635",
        title="PAR30",
        indicator="FIN1",
        unit=digest.currency,
        mode=voice.say("loan list"),
        method=voice.say("whole unpaid principal of active loans more than 30 days late"),
    )
    yield late if book is None or book.par30 is None else _late(late, book, book.par30, board, voice)
    gone = Line(code="FP9717", title="", unit=digest.currency)
    if book is not None and book.written_off is not None:
        share = phrases.percent(book.written_off, voice)
        told = voice.say("The loan list holds %(share)s as written off, whenever that was.", share=share)
        gone = replace(gone, limits=told)
    yield gone


def _late(line: Line, book: Book, share: float, board: Board, voice: Voice) -> Line:
    amount, as_of = tidy(half_up(share * book.outstanding)), date.fromisoformat(book.as_of)
    stale = Remark.STALE_PORTFOLIO in board.digest.remarks
    return replace(
        line,
        value=amount,
        numerator=amount,
        denominator=tidy(half_up(book.outstanding)),
        last=as_of,
        limits=labels.remark(Remark.STALE_PORTFOLIO, voice) if stale else "",
        evidence=voice.say("PAR30 %(share)s of what is outstanding", share=phrases.percent(share, voice)),
        on=as_of,
    )


def _steering(board: Board, voice: Voice) -> Iterator[Line]:
    """What board and management did: objectives, decisions, reviews of processes."""
    aims = board.digest.objectives
    late = sum(row.late for row in board.decisions)
    overdue = sum(row.overdue for row in board.processes)
    counted = (
        ("1B", voice.say("Objectives with a target, an owner and a day"), len(aims), ""),
        (
            "2A",
            voice.say("Decisions of the quarter and open ones"),
            len(board.decisions),
            voice.count("%(n)s is late", "%(n)s are late", late) if late else "",
        ),
        (
            "2B",
            voice.say("Processes with an owner and a day of review"),
            len(board.processes),
            voice.count("%(n)s review is overdue", "%(n)s reviews are overdue", overdue) if overdue else "",
        ),
    )
    for code, title, number, limits in counted:
        line = Line(code=code, title=title, unit=voice.say("number"), value=number, limits=limits)
        yield _quarter(board, replace(line, mode=voice.say("institution file and log")))
