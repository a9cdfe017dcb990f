"""A conversation's mechanics: begin a session, take one step of it, let a survey wait for a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from spm_bot.messages import Outbound
from spm_bot.protection.consent import may_ask, private_items
from spm_bot.storage import consents, people, sessions, survey_versions
from spm_bot.storage.sessions import ACTIVE, ENDED, EXPIRED, SUSPENDED, Opened
from spm_bot.storage.store import Connection
from spm_bot.surveys import engine
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Choice, Survey
from spm_bot.surveys.present import present, toast
from spm_bot.surveys.scene import Scene
from spm_bot.surveys.session import Left, Session, Settled, State, Step, mark
from spm_bot.texts import voice
from spm_bot.usecases.facts import dialable
from spm_bot.usecases.visit import Visit

FORM_LASTS = timedelta(hours=24)
SURVEY_LASTS = timedelta(hours=72)

_STATUS = {State.OPEN: ACTIVE, State.FINISHED: ENDED, State.STOPPED: ENDED, State.EXPIRED: EXPIRED}


def begin(
    visit: Visit,
    survey: Survey,
    *,
    client: int | None = None,
    staff: int | None = None,
    invitation: int | None = None,
    values: Mapping[str, str | float] = MappingProxyType({}),
    choices: Mapping[str, tuple[Choice, ...]] = MappingProxyType({}),
) -> None:
    """Starts a survey or form in this chat. An open survey waits for a form; an open form is replaced.
    A form for clients begins only in a language in which it is signed.
    """
    if survey.form and visit.chat.staff is None and visit.chat.language not in visit.desk.languages:
        not_ready(visit)
        return
    make_room(visit)
    step = engine.begin(survey, language=visit.chat.language, at=visit.now, values=values, choices=choices)
    opened = sessions.open_session(
        visit.connection,
        step.session,
        version=survey_versions.keep(visit.connection, survey),
        form=survey.form,
        address=visit.chat.id,
        client=client,
        staff=staff,
        invitation=invitation,
        lasts=FORM_LASTS if survey.form else SURVEY_LASTS,
    )
    visit.say(*present(scene_of(opened, survey, whom=_whom(visit, opened)), step.events))


def not_ready(visit: Visit) -> None:
    """Nothing can be asked yet, in no language."""
    hotline = dialable(visit.desk.institution.hotline, visit.chat.language)
    say = visit.voice.say
    visit.say(say("We are not ready yet. Please try again later, or call %(hotline)s.", hotline=hotline))


def survey_of(visit: Visit, opened: Opened) -> Survey:
    """The exact version of the survey that this session asks."""
    return exact_survey(visit.connection, visit.desk.library, opened)


def exact_survey(connection: Connection, library: Library, opened: Opened) -> Survey:
    """The exact version of the survey that a session asks, from the shipped ones or as stored."""
    session = opened.session
    current = library.surveys.get(session.survey)
    if current is not None and current.version == session.version:
        return current
    return survey_versions.get(connection, session.survey, session.version)


def take_step(visit: Visit, opened: Opened, survey: Survey, step: Step) -> tuple[Opened, str | None]:
    """Stores a step and queues what it says; returns the session and the words for a tap."""
    changed = step.session != opened.session or opened.status != _STATUS[step.session.state]
    saved = opened
    if changed:
        status = _STATUS[step.session.state]
        saved = sessions.save(visit.connection, opened, step.session, status=status, at=visit.now)
    scene = scene_of(saved, survey, whom=_whom(visit, saved))
    visit.say(*present(scene, step.events))
    return saved, toast(scene, step.events)


def make_room(visit: Visit) -> None:
    """Nothing is active in this chat any more: a form is given up; a survey waits, and a private question
    of it does not stay in sight meanwhile.
    """
    current = sessions.active(visit.connection, visit.chat.id)
    if current is None:
        return
    if current.form:
        _give_up(visit, current)
        return
    survey = survey_of(visit, current)
    sessions.save(visit.connection, current, current.session, status=SUSPENDED, at=visit.now)
    visit.say(*hidden(current, survey))


def hidden(opened: Opened, survey: Survey) -> tuple[Outbound, ...]:
    """What takes a private question that is left open out of the chat, and an echo of what was said to it."""
    session = opened.session
    if session.current is None or not survey.question(session.current).traceless:
        return ()
    echo = [] if session.doubt is None else [Settled(session.turn, mark(session.doubt))]
    return present(scene_of(opened, survey), [*echo, Left(session.current, session.turn)])


def make_way(visit: Visit, opened: Opened) -> None:
    """Nothing but this session may be active in this chat."""
    current = sessions.active(visit.connection, visit.chat.id)
    if current is not None and current.id != opened.id:
        make_room(visit)


def _give_up(visit: Visit, opened: Opened) -> None:
    """Ends a form that nobody wants to finish; its open question loses its buttons."""
    take_step(visit, opened, survey_of(visit, opened), engine.stop(opened.session))


def agrees(visit: Visit, opened: Opened) -> bool:
    """Whether the person still agrees to surveys; forms need no consent."""
    return opened.form or may_ask(_given(visit, opened))


def as_agreed(visit: Visit, opened: Opened) -> Session:
    """The session under the consent of today: private questions only with a yes to them."""
    if opened.form or "private_items" not in opened.session.values:
        return opened.session
    return engine.know(opened.session, {"private_items": private_items(_given(visit, opened))})


def _given(visit: Visit, opened: Opened) -> frozenset[str]:
    if opened.client is None:
        return frozenset()
    client = people.client(visit.connection, opened.client)
    return consents.purposes_given(visit.connection, client.subject)


def scene_of(opened: Opened, survey: Survey, *, whom: str = "") -> Scene:
    """What is drawn from: the session as it stands, in its own language."""
    return Scene(survey, opened.session, opened.id, voice(opened.session.language), whom)


def _whom(visit: Visit, opened: Opened) -> str:
    """The first name of the person asked, where two clients share the chat."""
    if opened.client is None or len(visit.chat.clients) < 2:
        return ""
    return people.first_name(visit.connection, opened.client)
