"""The words of the command line. It imports nothing heavy: `--help` must be there at once."""

from __future__ import annotations

from argparse import ArgumentParser

from spm_bot.cli.arguments import MOST_ID, Commands, add, group, json_flag, number
from spm_bot.cli.round_words import add_rounds


def build_parser() -> ArgumentParser:
    """All commands; each names the function that runs it as `module:function`."""
    parser = ArgumentParser(
        prog="spm-bot",
        description="Chat surveys for microfinance institutions, and a weekly digest for management.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _operate(commands)
    _surveys(group(commands, "surveys", "survey definitions: list, check, sign, play, score"))
    _people(commands)
    _reports(commands)
    return parser


def _operate(commands: Commands[ArgumentParser]) -> None:
    demo = add(
        commands, "demo", "demonstrate:demo", "build a simulated institution and live through its weeks"
    )
    clients = number(120, most=1_000_000)
    demo.add_argument("--clients", type=clients, default=1200, help="how many clients (1200)")
    demo.add_argument("--weeks", type=number(1, most=520), default=30, help="how many weeks (30)")
    demo.add_argument("--seed", type=int, default=7, help="the same seed gives the same weeks (7)")
    demo.add_argument("--out", default="demo", metavar="DIR", help="where everything is written (demo)")
    demo.add_argument("--no-chat", action="store_true", help="do not offer to answer a survey at the end")
    add(commands, "run", "operate:run", "serve every configured channel and the schedule")
    migrate = add(commands, "migrate", "operate:migrate", "move the database to the newest schema")
    migrate.add_argument("--to", default="head", metavar="REVISION", help="a revision, head or base (head)")
    migrate.add_argument(
        "--yes", action="store_true", help="go to base although clients or responses are lost"
    )
    doctor = add(commands, "doctor", "operate:doctor", "check everything and say what to mend")
    json_flag(doctor)
    _keys(group(commands, "keys", "keys of the encrypted data: make one, go over to it"))
    _observations(group(commands, "observations", "what the digest is counted from"))


def _keys(actions: Commands[ArgumentParser]) -> None:
    add(actions, "new", "key_commands:new", "print a fresh key for SPM_SECRET_KEY")
    rotate = add(actions, "rotate", "key_commands:rotate", "move everything encrypted under the first key")
    rotate.add_argument("--new", action="store_true", help="first put a new key in front in the key file")
    rotate.add_argument(
        "--drop-old", action="store_true", help="when all is done, take the old key out of the key file"
    )
    json_flag(rotate)


def _observations(actions: Commands[ArgumentParser]) -> None:
    module = "observation_commands"
    json_flag(add(actions, "rebuild", f"{module}:rebuild", "make the same rows again from the responses"))


def _surveys(actions: Commands[ArgumentParser]) -> None:
    json_flag(add(actions, "list", "survey_commands:list_surveys", "surveys with languages and signatures"))
    check = add(actions, "check", "survey_commands:check", "the problems of a survey file")
    check.add_argument("file", metavar="FILE")
    json_flag(check)
    sign = add(actions, "sign", "survey_commands:sign", "sign a wording; two people sign each language")
    sign.add_argument("code", metavar="CODE", help="a survey or a form, or all")
    sign.add_argument("--language", required=True, metavar="L")
    sign.add_argument("--by", required=True, metavar="NAME")
    text = add(actions, "text", "survey_commands:text", "what a client read, by the hash of its wording")
    text.add_argument("code", metavar="CODE")
    text.add_argument("--language", required=True, metavar="L")
    text.add_argument("--wording", required=True, metavar="HASH", help="its first signs are enough")
    json_flag(text)
    play = add(actions, "play", "survey_commands:play", "answer a survey in this terminal")
    play.add_argument("code", metavar="CODE")
    play.add_argument("--language", default="en", metavar="L")
    score = add(actions, "score", "survey_commands:score", "what a set of answers scores, as JSON")
    score.add_argument("code", metavar="CODE")
    score.add_argument("file", metavar="ANSWERS.json")
    json_flag(score)


def _people(commands: Commands[ArgumentParser]) -> None:
    _register(group(commands, "register", "the institution's own lists: bring them in, what they say"))
    clients = group(commands, "clients", "clients: joining cards, who waits to be let in")
    _cards(clients)
    _admission(clients)
    _own_data(group(commands, "client", "one client's data: to be read, to be erased"))
    _staff(group(commands, "staff", "staff: links, roles"))


def _register(register: Commands[ArgumentParser]) -> None:
    module = "register_commands"
    load = add(register, "import", f"{module}:import_register", "clients, loans, staff, branches come in")
    load.add_argument("files", nargs="+", metavar="FILE", help="CSV or XLSX: one wide list, or several")
    load.add_argument("--map", metavar="MAP.yaml", help="how your headings and values are to be read")
    load.add_argument("--save-map", metavar="FILE", help="write a mapping to begin with, and import nothing")
    load.add_argument("--as-of", metavar="DATE", help="the day the lists are of (today)")
    load.add_argument("--dry-run", action="store_true", help="only say what would change, row by row")
    load.add_argument("--partial", action="store_true", help="the list is only a part: close nobody")
    load.add_argument("--allow-closing", action="store_true", help="close those missing, however many")
    load.add_argument("--skip-refused", action="store_true", help="leave rows with problems out")
    json_flag(load)
    books = add(register, "portfolio", f"{module}:portfolio", "the portfolio of a day: at risk, written off")
    books.add_argument("--as-of", metavar="DATE", help="the day of an import (the newest)")
    books.add_argument("--by", choices=("branch", "product", "officer"), help="in parts")
    json_flag(books)


def _staff(staff: Commands[ArgumentParser]) -> None:
    module = "staff_commands"
    link = add(staff, "invite", f"{module}:invite_staff", "a one-time link that gives a role")
    link.add_argument("--role", required=True, metavar="ROLE")
    link.add_argument("--branch", default="", metavar="B", help="only for this branch")
    link.add_argument("--staff", metavar="CODE", help="only for this person of the staff list")
    json_flag(link)
    json_flag(add(staff, "list", f"{module}:list_staff", "who holds which role, and which of them wait"))
    identity = number(1, most=MOST_ID)
    confirm = add(staff, "confirm", f"{module}:confirm_staff", "put a role that waits in force")
    confirm.add_argument("id", type=identity, metavar="ID")
    confirm.add_argument("--by", required=True, metavar="NAME", help="the second person who stands for it")
    add(staff, "revoke", f"{module}:revoke_staff", "take a role away").add_argument(
        "id", type=identity, metavar="ID"
    )
    json_flag(add(staff, "links", f"{module}:list_links", "links for roles that nobody has used yet"))
    unused = add(staff, "revoke-link", f"{module}:revoke_link", "end a link that nobody has used")
    unused.add_argument("id", type=identity, metavar="ID", help="from `staff links`")


def _cards(clients: Commands[ArgumentParser]) -> None:
    invite = add(clients, "invite", "card_commands:invite_clients", "one-time joining links, or cards")
    invite.add_argument("--branch", metavar="B", help="only clients of this branch")
    invite.add_argument("--client", metavar="ID", help="only this client")
    invite.add_argument("--pdf", metavar="FILE", help="write cards to print and cut out, eight on a page")
    invite.add_argument("--language", metavar="L", help="of the cards (the institution's first)")
    json_flag(invite)
    lost = add(clients, "revoke", "card_commands:revoke_cards", "end the unused cards of a client")
    lost.add_argument("id", metavar="ID", help="the client's code of the register")


def _admission(clients: Commands[ArgumentParser]) -> None:
    commands = "admission_commands"
    json_flag(add(clients, "waiting", f"{commands}:list_waiting", "who must be called before joining"))
    for name, help_ in (
        ("admit", "let a client in whom you have called"),
        ("refuse", "turn away a client who should not have had the card"),
    ):
        command = add(clients, name, f"{commands}:{name}", help_)
        command.add_argument("id", type=number(1, most=MOST_ID), metavar="ID", help="from `clients waiting`")
        json_flag(command)


def _own_data(client: Commands[ArgumentParser]) -> None:
    module = "client_commands"
    json_flag(add(client, "requests", f"{module}:list_requests", "open requests to see or to erase data"))
    data = add(client, "data", f"{module}:data", "give a client who asked everything held about them")
    data.add_argument("--out", metavar="FILE", help="write it there (else it goes to the client's own chat)")
    data.add_argument(
        "--private", action="store_true", help="with answers to private questions, if the client wants them"
    )
    forget = add(client, "forget", f"{module}:forget", "erase a client who asked for it, after a day")
    for command in (data, forget):
        command.add_argument("id", metavar="ID", help="the client's code of the register")
        command.add_argument("--reason", required=True, metavar="R", help="for the audit log, without names")


def _reports(commands: Commands[ArgumentParser]) -> None:
    digest = add(
        commands, "digest", "report_commands:digest", "the digest of a week, the board page of a quarter"
    )
    when = digest.add_mutually_exclusive_group(required=True)
    when.add_argument("--week", metavar="2026-W47")
    when.add_argument("--quarter", metavar="2026-Q3", help="the board page of a quarter")
    digest.add_argument("--branch", metavar="B", help="only what concerns this branch")
    digest.add_argument("--out", metavar="DIR", help="write card, pictures, PDF, workbook and JSON there")
    digest.add_argument("--hand-out", action="store_true", help="store it and send it to the managers")
    json_flag(digest)
    reports = group(commands, "report", "reports for those outside the institution")
    lines = add(
        reports, "standards", "quarter_commands:standards", "a quarter's figures by the codes of standards"
    )
    lines.add_argument("--quarter", required=True, metavar="2026-Q3")
    lines.add_argument("--out", required=True, metavar="FILE.xlsx", help="write it there")
    lines.add_argument("--include-internal", action="store_true", help="with our own index, marked as such")
    _decisions(group(commands, "decisions", "the decision log: what was decided, what became of it"))
    add_rounds(group(commands, "rounds", "survey rounds: list, launch, pause, approve; how they went"))
    _export(group(commands, "export", "data for the institution's own analysis"))
    _audit(group(commands, "audit", "the audit log: read it, see that nobody changed it"))


def _decisions(actions: Commands[ArgumentParser]) -> None:
    log = add(actions, "list", "decision_commands:list_decisions", "every decision, oldest first")
    log.add_argument("--branch", metavar="B", help="only those made for this branch")
    json_flag(log)


def _export(actions: Commands[ArgumentParser]) -> None:
    answers = add(actions, "responses", "export_commands:responses", "answers without names, with a codebook")
    answers.add_argument("--format", choices=("csv", "xlsx"), default="csv", help="(csv)")
    answers.add_argument("--out", required=True, metavar="FILE", help="write it there")
    answers.add_argument("--survey", metavar="S", help="only this survey (all)")
    answers.add_argument("--week", metavar="2026-W47", help="only this week")
    answers.add_argument("--from", dest="first", metavar="WEEK", help="from this week on")
    answers.add_argument("--to", dest="last", metavar="WEEK", help="up to this week")
    answers.add_argument("--labels", metavar="L", help="language of labels (the institution's first)")
    json_flag(answers)


def _audit(actions: Commands[ArgumentParser]) -> None:
    lines = add(actions, "list", "audit_commands:list_lines", "the newest lines")
    lines.add_argument("--limit", type=number(1, most=MOST_ID), default=50)
    lines.add_argument("--actor", metavar="A", help="only what this actor did")
    lines.add_argument("--event", metavar="E", help="only this kind of event")
    lines.add_argument("--since", metavar="DATE", help="only from this day on (UTC)")
    json_flag(lines)
    verify = add(actions, "verify", "audit_commands:verify", "whether a line was changed or cut out")
    verify.add_argument("--expect", metavar="HASH", help="a hash this command printed earlier")
    json_flag(verify)
