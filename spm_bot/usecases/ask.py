"""`/ask`: a member of staff has a random sample of clients asked a survey, by a form in the chat.

The form knows counts in steps of five and nothing of any client. Who is drawn, who answers and what they
say stays out of reach of whoever asks; drawing and inviting come later, once the request can no longer be
undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from hashlib import sha256

from spm_bot.fieldwork.round_states import RoundState
from spm_bot.fieldwork.wall import in_steps
from spm_bot.storage import audits, rounds
from spm_bot.storage.rounds import Round
from spm_bot.surveys.session import Answer
from spm_bot.times import at_wall, on_wall
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.judge_request import tell_judges
from spm_bot.usecases.offer import Asker, asker_of, offered, within
from spm_bot.usecases.talk import begin
from spm_bot.usecases.undo import offer_undo, under_way
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import refuse
from spm_bot.usecases.weigh import Wish, usual_size, weigh

WINDOW_HOURS = 72
STRATA = ("branch", "product", "gender")
PREVIEWS_A_DAY = 10
"""Many looks from many sides would tell more than each of them does."""
_LOOK = "ask_previewed"

Answers = Mapping[str, Answer]
Values = dict[str, str | float]


def start(visit: Visit, rest: str = "") -> None:
    """Opens the form for staff who may ask; for others the command does not exist."""
    say = visit.voice.say
    asker = asker_of(visit)
    if asker is None:
        refuse(visit)
    elif rest:
        # The same words whatever was asked for: nothing is looked up.
        visit.say(
            say(
                "I only ask random samples of a branch or of a product. I never ask one client, your own"
                " clients, or clients in arrears. To begin, write just /ask."
            )
        )
    elif not _can_ask(visit, asker):
        visit.say(say("No survey can be started now. Please ask your administrator."))
    elif under_way(visit.connection, asker.who.subject) is not None:
        visit.say(say("Your last request has not ended yet. One at a time, please. See /progress."))
    else:
        form = visit.desk.library.survey("ask")
        values = {"may": "any" if asker.free else "template"}
        begin(visit, form, staff=asker.who.staff, values=values, choices=offered(visit, asker))


def plan_size(visit: Visit, answers: Answers) -> Values:
    """The usual size of a sample for the survey chosen."""
    return {"planned": str(usual_size(visit.desk, answers["template"].codes[0]))}


def preview(visit: Visit, answers: Answers) -> Values:
    """Whether it is possible, and counts in steps of five."""
    nothing: Values = {"eligible": "", "sample": "", "reasons": ""}
    asker = asker_of(visit)
    if asker is None or not within(visit, asker, answers):
        return {**nothing, "preview": "not_allowed"}
    if _has_looked_enough(visit, asker):
        return {**nothing, "preview": "too_often"}
    wish = weigh(visit, asker, answers)
    look = {"event": _LOOK, "survey": wish.survey.code, "audience": wish.audience.to_json()}
    audits.write_down(visit.connection, at=visit.now, actor=asker.who.subject, **look)
    if wish.problem:
        return {**nothing, "preview": wish.problem}
    lines = wish.outlook.lines(visit.voice)
    if wish.needs_yes:
        lines.append(visit.voice.say("So many need the yes of an SPM manager first."))
    return {
        "preview": "ready",
        "eligible": str(wish.eligible),
        "sample": str(in_steps(wish.size)),
        "reasons": "".join(f"\n{line}" for line in lines),
    }


def submit(visit: Visit, answers: Answers) -> None:
    """Keeps the request; it is carried out once it can no longer be undone."""
    say = visit.voice.say
    asker = asker_of(visit)
    if asker is None or not within(visit, asker, answers):
        refuse(visit)
        return
    confirmed = answers.get("confirm")
    if confirmed is None:
        return
    if confirmed.codes != ("yes",):
        visit.say(say("Nothing was sent."))
        return
    wish = weigh(visit, asker, answers)
    if wish.problem or under_way(visit.connection, asker.who.subject) is not None:
        visit.say(say("Nothing was sent: this is not possible any more. Please begin again with /ask."))
        return
    round_ = _keep(visit, asker, wish, reason=answers["reason"].text or "")
    offer_undo(visit, round_)
    if wish.needs_yes:
        tell_judges(visit, round_)


def _has_looked_enough(visit: Visit, asker: Asker) -> bool:
    """Whether this person has seen a day's previews, by the institution's clock."""
    zone = visit.desk.institution.time_zone
    today = at_wall(on_wall(visit.now, zone=zone).date(), time(), zone=zone)
    who = asker.who.subject
    seen = audits.lines(visit.connection, limit=PREVIEWS_A_DAY, actor=who, event=_LOOK, since=today)
    return len(seen) == PREVIEWS_A_DAY


def _can_ask(visit: Visit, asker: Asker) -> bool:
    lists = offered(visit, asker)
    return launch_problem(visit.desk) is None and all(lists[name] for name in ("templates", "branches"))


def _keep(visit: Visit, asker: Asker, wish: Wish, *, reason: str) -> Round:
    asking = visit.desk.institution.asking
    # A transaction may run twice; the event's key and instant draw the same sample both times.
    drawn = sha256(f"{visit.inbound.key} {visit.now.isoformat()}".encode())
    round_ = rounds.open_round(
        visit.connection,
        code=f"{wish.survey.code}-{visit.now:%Y%m%d}-{drawn.hexdigest()[:8]}",
        survey=wish.survey.code,
        origin="adhoc",
        audience=wish.audience.to_json(),
        seed=int.from_bytes(drawn.digest()[:4]) >> 1,
        at=visit.now,
        requested_by=asker.who.subject,
        reason=reason,
        size=wish.size,
        strata=STRATA,
        spread_hours=24 * asking.spread_days,
        window_hours=WINDOW_HOURS,
        starts_at=visit.now + timedelta(minutes=asking.undo_minutes),
        state=RoundState.WAITING if wish.needs_yes else RoundState.OPEN,
    )
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=asker.who.subject,
        event="round_asked",
        round=round_.code,
        survey=wish.survey.code,
        audience=round_.audience,
        size=in_steps(wish.size),
    )
    return round_
