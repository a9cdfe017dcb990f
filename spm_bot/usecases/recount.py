"""Everything we hold about one client, written out in words they can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from babel.core import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal

from spm_bot.fieldwork.register import ACTIVE, LoanRow
from spm_bot.storage import people, registers, requests, traces, waiting
from spm_bot.storage.people import Chat, Client
from spm_bot.storage.sessions import Opened
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Survey
from spm_bot.surveys.plan import label_of
from spm_bot.surveys.scene import Scene, said
from spm_bot.texts import Voice, language_name, voice
from spm_bot.usecases import explain
from spm_bot.usecases.facts import dialable
from spm_bot.usecases.talk import exact_survey
from spm_bot.usecases.visit import Desk


def recount(
    connection: Connection, desk: Desk, client: Client, chat: Chat | None, *, private: bool, now: datetime
) -> str:
    """All of it as one text; `private` puts the answers to private questions in."""
    language = chat.language if chat is not None else desk.languages[0]
    pen = _Pen(connection, desk, client, chat, language, private)
    return "\n".join(pen.lines(now)) + "\n"


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes one client's text, section by section, in one language."""

    connection: Connection
    desk: Desk
    client: Client
    chat: Chat | None
    language: str
    private: bool

    @property
    def voice(self) -> Voice:
        return voice(self.language)

    def say(self, words: str, **values: object) -> str:
        return self.voice.say(words, **values)

    def lines(self, now: datetime) -> Iterator[str]:
        say, institution = self.say, self.desk.institution
        yield say("What %(name)s keeps about you in this chat service", name=institution.name)
        yield say("Written on %(when)s", when=self.when(now))
        sections = (
            (say("You"), self.person()),
            (say("Your loans"), self.loans()),
            (say("Your chat"), self.channel()),
            (say("Your yes and no"), self.words()),
            (say("Surveys we sent to you"), self.invitations()),
            (say("Your answers"), self.answers()),
            (say("Messages that we still keep"), self.messages()),
            (say("Your cards and wishes"), self.wishes()),
            (say("Our log about you"), self.log()),
            (say("Who can see this"), explain.readers(institution, self.voice)),
            (say("How long we keep it"), explain.terms(institution.retention, self.voice)),
        )
        for title, content in sections:
            yield from ("", title.upper(), *(list(content) or [say("nothing")]))

    def person(self) -> Iterator[str]:
        """Facts of the lists; those that they do not say are left out."""
        client, say = self.client, self.say
        row, _ = registers.client_row(self.connection, client.code)
        facts = (
            (say("Name"), traces.full_name(self.connection, client.id)),
            (say("Phone"), self.apart(people.phone_number(self.connection, client.id))),
            (say("Client number"), self.apart(client.code)),
            (say("Number of this entry in our log"), self.apart(client.subject)),
            (say("Branch"), self.branch(client.branch)),
            (say("Loan officer"), client.officer),
            (say("Product"), self.product(client.product)),
            (say("Kind of loan"), self.word(client.loan_method)),
            (say("Woman or man"), self.word(client.gender)),
            (say("Year of birth"), client.birth_year),
            (say("Born on"), self.apart(row.born_on)),
            (say("You speak"), language_name(row.language) if row.language else ""),
            (say("Where you live"), self.word(row.area)),
            (say("Centre"), row.centre),
            (say("How poor the home is"), row.poverty_band),
            (say("Found out with"), row.poverty_tool),
            (say("Found out on"), self.apart(row.poverty_on)),
            (say("Client since"), self.apart(client.joined_on)),
            (say("Has a loan"), self.yes_or_no(client.has_loan)),
            (say("Has savings"), self.yes_or_no(client.has_savings)),
            (say("Days late"), client.days_in_arrears),
            (say("State"), self.word(client.status)),
            (say("Left on"), self.apart(row.exit_on)),
            (say("Why you left"), row.exit_reason),
            (say("Works for us"), say("Yes") if row.works_here else ""),
        )
        yield from (f"{name}: {value}" for name, value in facts if value not in (None, ""))

    def loans(self) -> Iterator[str]:
        _, book = registers.client_row(self.connection, self.client.code)
        for loan in book.loans:
            owed, off = (self.money(n, loan.currency) for n in (loan.outstanding, loan.written_off))
            yield self.say(
                "%(loan)s (%(product)s): %(owed)s to pay, %(days)s days late, %(off)s written off;"
                " as of %(day)s",
                loan=self.apart(loan.code),
                product=self.product(loan.product),
                owed=owed,
                days=loan.days_in_arrears,
                off=off,
                day=self.apart(book.days[loan.code]),
            )
            yield from (f"  {name}: {value}" for name, value in self.terms_of(loan) if value)

    def terms_of(self, loan: LoanRow) -> Iterator[tuple[str, str]]:
        """What else the lists say of a loan."""
        say, on = self.say, self.apart
        yield say("State"), "" if loan.status == ACTIVE else self.word(loan.status)
        yield say("Branch"), "" if loan.branch == self.client.branch else self.branch(loan.branch)
        yield say("Loan officer"), loan.officer if loan.officer != self.client.officer else ""
        yield say("Lent to you"), "" if loan.principal is None else self.money(loan.principal, loan.currency)
        yield say("Paid out on"), on(loan.disbursed_on)
        yield say("Late now"), self.money(loan.overdue, loan.currency) if loan.overdue else ""
        yield say("To pay"), self.word(loan.repayment_frequency)
        yield say("Next on"), on(loan.next_due_on)
        yield say("Terms changed"), on(loan.restructured_on) or (say("Yes") if loan.restructured else "")
        yield say("Written off on"), on(loan.written_off_on)
        yield say("Ended on"), on(loan.closed_on)
        yield say("Pays back loan"), on(loan.refinanced_loan)
        yield say("Number of this loan among yours"), on(loan.cycle)

    def channel(self) -> Iterator[str]:
        if self.chat is None:
            return
        say = self.say
        yield say("Chat company: %(name)s", name=self.desk.institution.chat_company.name)
        address = people.handles(self.connection, [self.chat.id]).get(self.chat.id)
        if address is not None:
            yield say("Its number of this chat: %(number)s", number=self.apart(address.handle))
        yield say("Language: %(language)s", language=language_name(self.chat.language))
        hour = traces.hour_of(self.connection, self.client.id)
        if hour is not None:
            yield say("We write at %(hour)s:00", hour=hour)
        since = traces.holder_since(self.connection, self.client.id)
        if since is not None:
            yield say("Yours since %(when)s", when=self.when(since))

    def words(self) -> Iterator[str]:
        for word in traces.words_of(self.connection, self.client.subject):
            text = ""
            if word.text_version:
                read_in = Locale.parse(word.language, sep="-").get_display_name(self.language)
                version = self.apart(word.text_version)
                text = self.say("(text %(text)s, %(language)s)", text=version, language=read_in)
            said_ = f"{self.word(word.purpose)}: {self.yes_or_no(word.given)}"
            yield f"{self.when(word.at)}: {said_} {text}".rstrip()

    def invitations(self) -> Iterator[str]:
        for asked in traces.invitations_of(self.connection, self.client.id):
            survey = self.desk.library.surveys.get(asked.survey)
            title = asked.survey if survey is None else self.title(survey)
            yield f"{self.when(asked.at)}: {title}: {self.word(asked.outcome or 'open')}"

    def answers(self) -> Iterator[str]:
        scored = traces.scored_of(self.connection, self.client.id)
        for opened in traces.surveys_of(self.connection, self.client.id):
            survey = exact_survey(self.connection, self.desk.library, opened)
            yield f"{self.when(opened.started_at)}: {self.title(survey)}"
            yield from self.said(opened, survey)
            found = list(explain.worked_out(survey, scored.get(opened.id, {}), self.voice))
            if found and not self.private:
                found = [self.say("What we worked out from your answers is private too, not in this file")]
            yield from (f"  {line}" for line in found)

    def said(self, opened: Opened, survey: Survey) -> Iterator[str]:
        """Each question with its answer in words, in the language of today."""
        session = replace(opened.session, language=self.language)
        scene = Scene(survey, session, opened.id, self.voice)
        for name, answer in session.answers.items():
            question = survey.question(name)
            if question.private and not self.private:
                yield f"  – {self.say('a private question, not in this file')}"
                continue
            words = scene.words(label_of(survey, session, question))
            own = answer.text if answer.text is not None and not answer.media else None
            yield f"  – {words} {own if own is not None else said(scene, question, answer)}"

    def messages(self) -> Iterator[str]:
        """Words of messages may tell a private answer."""
        if self.chat is None:
            return
        kept = traces.messages_of(self.connection, self.client.id, chat=self.chat.id)
        if not self.private:
            yield self.say("%(count)s messages of the last 7 days", count=len(kept))
            return
        yield from (f"{self.when(each.at)}: {each.text}" for each in kept)

    def wishes(self) -> Iterator[str]:
        for card in traces.cards_of(self.connection, self.client.id):
            made, until = self.when(card.made), self.when(card.expires)
            dates = self.say("Joining card of %(made)s, good until %(until)s", made=made, until=until)
            used = self.say("used on %(when)s", when=self.when(card.used)) if card.used else ""
            yield f"{dates}, {used}" if used else dates
        held = waiting.of_client(self.connection, self.client.id)
        if held is not None:
            yield self.say("Waits for a call since %(when)s", when=self.when(held.at))
        for request in requests.of_client(self.connection, self.client.id):
            yield f"{self.when(request.asked_at)}: {self.word(request.kind)}: {self.word(request.state)}"

    def log(self) -> Iterator[str]:
        for entry in traces.entries_about(self.connection, self.client.subject):
            told = f"{self.when(entry.at)}: {explain.event(entry.event, self.voice)}"
            yield f"{told} ({self.say(entry.reason)})" if entry.reason else told

    def title(self, survey: Survey) -> str:
        return (survey.intro or survey.title).in_(self.language)

    def product(self, code: str) -> str:
        return {each.code: each.name for each in self.desk.institution.products}.get(code, code)

    def branch(self, code: str) -> str:
        return {each.code: each.name for each in self.desk.institution.branches}.get(code, code)

    def word(self, code: str) -> str:
        return explain.word(code, self.voice)

    def yes_or_no(self, fact: bool) -> str:  # noqa: FBT001 - a fact of the register
        return self.say("Yes") if fact else self.say("No")

    def money(self, amount: float, currency: str) -> str:
        return self.apart(f"{currency} {format_decimal(amount, locale=self.language)}")

    def apart(self, fact: object) -> str:
        """A number, code or date as it must stand in words of the language; nothing stays nothing."""
        return "" if fact in (None, "") else dialable(str(fact), self.language)

    def when(self, instant: datetime) -> str:
        zone = self.desk.institution.zone_of(self.client.branch)
        there = instant.astimezone(zone)
        return self.apart(format_datetime(there, "yyyy-MM-dd H:mm", locale=self.language))
