"""`/enrol`: a member of staff gets a joining card for one client of their branch, to hand over.

Words, picture and work are the same whether that client has joined, has not, or asked to be forgotten.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import time

from spm_bot.messages import Attachment, Outbound
from spm_bot.reports.cards import card_picture, printed
from spm_bot.storage import audits, links, outbox, people, peppers
from spm_bot.storage.store import vault_of
from spm_bot.times import at_wall, on_wall
from spm_bot.usecases.spell_link import CLIENT_LINK_LASTS, CODE_SIGNS, deep_link
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import EVERYWHERE, MAY_ENROL, Colleague, colleague, refuse

MOST_A_DAY = 20
EVENT = "card_made"
_TOKEN_BYTES = 16
_CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class _Whose:
    """For whom a card is: `client` is None for somebody who asked to be forgotten."""

    client: int | None
    branch: str


def start(visit: Visit, rest: str = "") -> None:
    """Makes the card for the client number written behind the command, or asks for it."""
    who = colleague(visit, MAY_ENROL)
    if who is None:
        refuse(visit)
    elif rest:
        enrol_client(visit, rest)
    else:
        begin(visit, visit.desk.library.survey("enrol"), staff=who.staff)


def enrol_client(visit: Visit, code: str) -> None:
    """Sends the card, or one sentence for every reason why there is none."""
    say = visit.voice.say
    who = colleague(visit, MAY_ENROL)
    if who is None:
        refuse(visit)
    elif _cards_today(visit, who) >= MOST_A_DAY:
        visit.say(say("You have made %(count)s cards today. Please go on tomorrow.", count=MOST_A_DAY))
    elif (whose := _whose(visit, who, code.strip())) is None:
        visit.say(say("I know no client with this number in your branch."))
    else:
        _make(visit, who, whose, code.strip())


def _whose(visit: Visit, who: Colleague, code: str) -> _Whose | None:
    """Whom a number stands for. Both looks are always taken, so that none of them can be timed."""
    found = people.clients_where(visit.connection, code=code)
    gone = peppers.branch_of_forgotten(visit.connection, code)
    whose = _Whose(found[0].id, found[0].branch) if found else None
    if whose is None and gone:
        whose = _Whose(None, gone)
    allowed = whose is not None and (EVERYWHERE in who.branches or who.works_in(whose.branch))
    return whose if allowed else None


def _make(visit: Visit, who: Colleague, whose: _Whose, code: str) -> None:
    token, printed_code = _secrets(visit, code)
    # A lost card must not stay good beside the new one.
    links.revoke_links(visit.connection, whose.client or 0, at=visit.now)
    made = links.add_link(
        visit.connection,
        token=token,
        code=printed_code,
        client=whose.client,
        at=visit.now,
        expires_at=visit.now + CLIENT_LINK_LASTS,
        made_by=who.subject,
    )
    earlier = peppers.note_card(visit.connection, code, made)
    links.revoke_link(visit.connection, earlier or 0, at=visit.now)
    audits.write_down(visit.connection, at=visit.now, actor=who.subject, event=EVENT, branch=whose.branch)
    visit.say(_card(visit, token, printed_code, code), kind="staff")


def _card(visit: Visit, token: str, printed_code: str, code: str) -> Outbound:
    say = visit.voice.say
    bot = visit.inbound.bot
    lines = [
        say("Joining card for client %(code)s. It works once, for %(days)s days.", code=code, days=30),
        say(
            "Let the client scan the square, or open this chat and send: %(code)s", code=printed(printed_code)
        ),
        say("We never ask for your PIN or money here."),
    ]
    if not bot:
        return Outbound("\n".join(lines))
    file = outbox.keep_file(visit.connection, card_picture(deep_link(bot, token)))
    return Outbound("\n".join(lines), attachment=Attachment("photo", "card.png", file))


def _secrets(visit: Visit, code: str) -> tuple[str, str]:
    """A token and a printed code. They are made of the key of the house, for a transaction may run twice."""
    seed = f"{visit.inbound.key} {visit.now.isoformat()} {code}"
    made = vault_of(visit.connection).digest(seed, associated="links.token")[-2 * _TOKEN_BYTES :]
    token = urlsafe_b64encode(made[:_TOKEN_BYTES]).rstrip(b"=").decode()
    signs = (CODE_SIGNS[byte % len(CODE_SIGNS)] for byte in made[_TOKEN_BYTES:][:_CODE_LENGTH])
    return token, "".join(signs)


def _cards_today(visit: Visit, who: Colleague) -> int:
    zone = visit.desk.institution.time_zone
    midnight = at_wall(on_wall(visit.now, zone=zone).date(), time(), zone=zone)
    mine = audits.lines(visit.connection, limit=MOST_A_DAY, actor=who.subject, event=EVENT, since=midnight)
    return len(mine)
