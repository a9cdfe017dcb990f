"""How much help a survey calls for: what came of its invitations, and who was invited this week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, func, select

from spm_bot.fieldwork.capacity import LOOK_BACK_WEEKS, Load
from spm_bot.fieldwork.outcomes import ANSWERED
from spm_bot.storage.tables import invitations, responses
from spm_bot.times import Week

_ASKS = responses.c.scored.contains('"RF_HELP"', autoescape=True)
_PRACTICE = "practice"


def load(connection: Connection, survey: str, *, week: Week) -> Load:
    """What came of `survey` in the 13 whole weeks before `week`."""
    first, last = str(week.minus(LOOK_BACK_WEEKS)), str(week.previous())
    answered = case((invitations.c.outcome.in_(sorted(ANSWERED)), 1), else_=0)
    reached, answers = connection.execute(
        select(func.count(), func.coalesce(func.sum(answered), 0)).where(
            invitations.c.survey == survey,
            invitations.c.week.between(first, last),
            invitations.c.delivered_at.is_not(None),
            invitations.c.outcome.is_not(None),
        )
    ).one()
    responded, asking = connection.execute(
        select(func.count(), func.coalesce(func.sum(case((_ASKS, 1), else_=0)), 0)).where(
            responses.c.survey == survey,
            responses.c.week.between(first, last),
            responses.c.origin != _PRACTICE,
        )
    ).one()
    return Load(reached, answers, responded, asking, overdue_cases(connection))


def invited_since(connection: Connection, survey: str, *, since: datetime) -> int:
    """Invitations to `survey` that arrived from `since` on, and all that may still arrive."""
    left = invitations.c.delivered_at >= since
    leaving = invitations.c.delivered_at.is_(None) & invitations.c.outcome.is_(None)
    theirs = (invitations.c.survey == survey, left | leaving)
    found: int = connection.execute(select(func.count()).where(*theirs)).scalar_one()
    return found


def overdue_cases(connection: Connection) -> int:
    """Cases that were not helped in time. There is no queue of cases yet: it is always none."""
    return 0
