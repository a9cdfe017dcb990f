"""A sample asked for on the command line, by the same limits as a request in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from secrets import randbits

from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import audits, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.eligibility import launch_problem, signed_languages
from spm_bot.usecases.foresee import foresee
from spm_bot.usecases.insist import insist
from spm_bot.usecases.launch import NotLaunched, unsigned
from spm_bot.usecases.near_audiences import LEAST_APART, too_near
from spm_bot.usecases.visit import Desk


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for; `spread_days` is over how many days the messages leave at random."""

    code: str
    survey: str
    audience: Audience
    size: int
    spread_days: int
    reason: str
    quota: int | None = None
    strata: tuple[str, ...] = ("branch", "product", "gender")


async def request_sample(request: Request, *, store: Store, desk: Desk, actor: str, now: datetime) -> Round:
    """Opens the round, or has it wait for approval if it is a large one. Raises NotLaunched."""
    problem = next(_plain_problems(request, desk), None)
    if problem is not None:
        raise NotLaunched(problem)
    # Not derived from the code: whoever asks must not be able to choose who is drawn.
    seed = randbits(31)
    opened = await insist(
        partial(_open_or_refuse, request=request, desk=desk, actor=actor, seed=seed, now=now), store
    )
    if isinstance(opened, str):
        raise NotLaunched(opened)
    return opened


def _plain_problems(request: Request, desk: Desk) -> Iterator[str]:
    """What is wrong whoever is in the register."""
    institution = desk.institution
    surveys = [code for code in desk.library.codes if not desk.library.survey(code).form]
    if (problem := launch_problem(desk)) is not None:
        yield f"no survey can be started: {problem}"
    if request.survey not in surveys:
        yield f"there is no survey {request.survey!r}: there are {', '.join(sorted(surveys))}"
    known = {
        "branch": (request.audience.branches, [branch.code for branch in institution.branches]),
        "product": (request.audience.products, [product.code for product in institution.products]),
        "gender": (request.audience.genders, ["female", "male"]),
    }
    for name, (asked, codes) in known.items():
        for code in sorted(asked.difference(codes)):
            yield f"there is no {name} {code!r}: there are {', '.join(codes)}"
    if request.code in {standing.code for standing in institution.rounds}:
        yield f"{request.code} is a standing round: give the sample another code, or leave --survey out"
    if request.quota is not None and request.quota > request.size:
        yield f"a quota of {request.quota} is more than the {request.size} who are invited"


def _problem(connection: Connection, *, request: Request, desk: Desk, now: datetime) -> str | None:
    """What speaks against it today."""
    if rounds.find_round(connection, request.code) is not None:
        return f"there is a round {request.code!r} already: give this one another code"
    survey = desk.library.survey(request.survey)
    if not signed_languages(connection, survey):
        return unsigned(survey.code)
    outlook = foresee(connection, desk, survey, request.audience, now=now, behind_wall=False)
    least = desk.institution.asking.smallest_audience
    if outlook.eligible < least:
        return f"only {outlook.eligible} clients can be asked now, and at least {least} are needed"
    if too_near(connection, request.audience, now=now):
        return (
            "nearly the same people were asked for in the last 13 weeks: audiences must differ by"
            f" {LEAST_APART} or more"
        )
    return None


def _open_or_refuse(
    connection: Connection, *, request: Request, desk: Desk, actor: str, seed: int, now: datetime
) -> Round | str:
    """Looks and opens in one transaction, so that of two requests at once the second sees the first."""
    audits.take_turn(connection)
    problem = _problem(connection, request=request, desk=desk, now=now)
    if problem is not None:
        return problem
    return _open(connection, request=request, desk=desk, actor=actor, seed=seed, now=now)


def _open(
    connection: Connection, *, request: Request, desk: Desk, actor: str, seed: int, now: datetime
) -> Round:
    asking = desk.institution.asking
    waits = request.size > asking.approval_over
    opened = rounds.open_round(
        connection,
        code=request.code,
        survey=request.survey,
        origin="adhoc",
        audience=request.audience.to_json(),
        seed=seed,
        at=now,
        requested_by=actor,
        reason=request.reason,
        size=request.size,
        quota=request.quota,
        strata=request.strata,
        spread_hours=24 * request.spread_days,
        starts_at=now + timedelta(minutes=asking.undo_minutes),
        state=RoundState.WAITING if waits else RoundState.OPEN,
    )
    audits.write_down(
        connection,
        at=now,
        actor=actor,
        event="round_asked",
        round=opened.code,
        survey=opened.survey,
        audience=opened.audience,
        size=request.size,
    )
    return opened
