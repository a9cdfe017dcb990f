"""What came of ad-hoc rounds, as totals: how many were asked and answered by then, and what they picked.

Results are kept as they were first shown. Computed anew after a client was forgotten they would differ by
just that client's answers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.storage.tables import answers, invitations, responses, rounds, sessions


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each code, or number of a scale, was given to each question; `people` who answered any."""

    people: int
    picked: dict[str, dict[str, int]]
    answered: dict[str, int]


def progress(connection: Connection, round_id: int, *, until: datetime) -> tuple[int, int]:
    """How many had been asked by then, and how many of them had answered to the end; read from what stays
    as it is when a client is forgotten.
    """
    completed = and_(invitations.c.outcome == Outcome.COMPLETED, invitations.c.ended_at < until)
    mine = (invitations.c.round_id == round_id, invitations.c.invited_at < until)
    found = connection.execute(select(func.count(), func.count().filter(completed)).where(*mine)).one()
    return found[0], found[1]


def tally(connection: Connection, round_id: int, *, skips: str) -> Tally:
    """What was answered in a round, in time; `skips` is the code that is no answer."""
    mine = (
        select(sessions.c.id)
        .join(responses, responses.c.session_id == sessions.c.id)
        .join(invitations, invitations.c.id == sessions.c.invitation_id)
        .where(invitations.c.round_id == round_id, responses.c.late.is_(False))
    )
    given = (answers.c.session_id.in_(mine), answers.c.late.is_(False), answers.c.choice != skips)
    picked: dict[str, dict[str, int]] = defaultdict(dict)
    codes = select(answers.c.question, answers.c.choice, answers.c.number, func.count()).where(*given)
    grouped = codes.group_by(answers.c.question, answers.c.choice, answers.c.number)
    for question, choice, number, count in connection.execute(grouped):
        code = choice if number is None else f"{number:g}"
        picked[question][code] = picked[question].get(code, 0) + count
    people = select(answers.c.question, func.count(answers.c.session_id.distinct())).where(*given)
    answered: dict[str, int] = dict(connection.execute(people.group_by(answers.c.question)).all())
    count = connection.execute(select(func.count()).select_from(mine.subquery())).scalar_one()
    return Tally(count, dict(picked), answered)


def kept(connection: Connection, round_id: int) -> Tally | None:
    """The results as they were first shown, None if they never were."""
    text = connection.execute(select(rounds.c.results).where(rounds.c.id == round_id)).scalar()
    return None if text is None else Tally(**json.loads(text))


def keep(connection: Connection, round_id: int, found: Tally) -> None:
    """Keeps results as they are shown for the first time."""
    text = json.dumps({name: getattr(found, name) for name in found.__dataclass_fields__}, sort_keys=True)
    connection.execute(update(rounds).where(rounds.c.id == round_id).values(results=text))
