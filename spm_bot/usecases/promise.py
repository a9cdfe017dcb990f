"""`/wedid`: managers tell clients what was done, and clients read it once at the end of a standing survey."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from spm_bot.storage import audits, people, promises, rounds
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.session import Answer
from spm_bot.texts import language_name
from spm_bot.usecases.pick_place import place_choices, place_picked, places_of
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import MAY_PROMISE, colleague, refuse

LASTS = timedelta(weeks=13)
_QUESTION = "words_"

Answers = Mapping[str, Answer]
Values = dict[str, str | float]


def start(visit: Visit) -> None:
    """Asks for the line, in one of the institution's languages after the other."""
    who = colleague(visit, MAY_PROMISE)
    if who is None:
        refuse(visit)
        return
    places = places_of(visit, who)
    values: Values = {"many": "yes" if len(places) > 1 else "no", "spoken": " ".join(visit.desk.languages)}
    values |= {f"name_{each}": language_name(each) for each in visit.desk.languages}
    choices = {"places": place_choices(visit, places)}
    begin(visit, visit.desk.library.survey("promise"), staff=who.staff, values=values, choices=choices)


def preview(visit: Visit, opened: Opened, answers: Answers) -> Values:
    """The line as clients will read it; not `ready` where it was skipped in every language."""
    words = _words(answers)
    return {"line": "\n".join(words.values()), "ready": "yes" if words else "no"}


def submit(visit: Visit, opened: Opened, answers: Answers) -> None:
    """Keeps the line for 13 weeks."""
    say, who = visit.voice.say, colleague(visit, MAY_PROMISE)
    branch = None if who is None else place_picked(visit, who, answers)
    words = _words(answers)
    if who is None or branch is None:
        refuse(visit)
        return
    if "confirm" not in answers or answers["confirm"].codes != ("yes",):
        visit.say(say("Nothing was written down."))
        return
    until = visit.now + LASTS
    promises.write(visit.connection, words, branch=branch, by=who.subject, at=visit.now, until=until)
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=who.subject,
        event="promise_written",
        branch=branch,
        languages=" ".join(words),
    )
    visit.say(say("Thank you. Clients read it at the end of a survey, for the next 13 weeks."))


def tell_client(visit: Visit, opened: Opened) -> None:
    """The newest line for this client, after the last answer of a survey of a standing round."""
    if opened.client is None or opened.invitation is None:
        return
    invitation = rounds.invitation(visit.connection, opened.invitation)
    if invitation is None or invitation.origin != "standing":
        return
    client, language = people.client(visit.connection, opened.client), opened.session.language
    words = promises.newest(visit.connection, branch=client.branch, language=language, now=visit.now)
    if words is not None:
        visit.say(visit.speaking(language).voice.say("You said, we did: %(words)s", words=words))


def _words(answers: Answers) -> dict[str, str]:
    """Language → words, where there are any."""
    return {
        name.removeprefix(_QUESTION): answer.text
        for name, answer in answers.items()
        if name.startswith(_QUESTION) and answer.text
    }
