"""Commands about surveys: list, check, sign, play, score."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from spm_bot.cli.inputs import handwritten, json_object
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.settings import load_settings
from spm_bot.surveys.checks import check as find_problems
from spm_bot.surveys.entries import as_answers
from spm_bot.surveys.library import Library, Problem, SurveyError, load
from spm_bot.surveys.model import Survey
from spm_bot.surveys.scoring import report
from spm_bot.surveys.scoring import score as score_answers
from spm_bot.surveys.wordings import sentences

if TYPE_CHECKING:
    from spm_bot.storage.store import Connection

ALL = "all"
"""In place of a code: every survey and form that clients read."""


async def list_surveys(args: argparse.Namespace) -> None:
    """Every survey and form that clients read, with the languages signed for it and those that are not."""
    from spm_bot.app import opened
    from spm_bot.usecases.eligibility import signed_languages

    surveys = _read_by_clients(Library.shipped())
    async with opened(load_settings()) as store:
        signed = {
            survey.code: await store.read(partial(signed_languages, survey=survey)) for survey in surveys
        }
    rows: list[dict[str, object]] = [
        {
            "code": survey.code,
            "kind": "form" if survey.form else "survey",
            "title": survey.title.in_("en"),
            "version": survey.version,
            "questions": len(survey.questions),
            "languages": list(survey.languages),
            "signed": sorted(signed[survey.code]),
            "unsigned": sorted(set(survey.languages) - signed[survey.code]),
        }
        for survey in surveys
    ]
    show_rows(rows, as_json=args.json)


def _read_by_clients(library: Library) -> list[Survey]:
    surveys = (survey for survey in library.surveys.values() if not survey.form)
    return [*surveys, *library.client_forms]


def check(args: argparse.Namespace) -> None:
    """The problems of a survey file; fails when one of them is an error."""
    try:
        survey = load(handwritten(args.file), place=args.file)
    except SurveyError as error:
        if args.json:
            show(_rows(error.problems))
        raise
    problems = find_problems(survey)
    if args.json:
        show(_rows(problems))
    else:
        for problem in problems:
            tell(f"{problem.severity}: {problem}")
        tell(f"{args.file}: {survey.code}, {len(survey.questions)} questions, version {survey.version}")


def _rows(problems: Iterable[Problem]) -> list[dict[str, object]]:
    return [
        {"severity": p.severity, "code": p.code, "place": p.place, "question": p.question, "reason": p.reason}
        for p in problems
    ]


async def sign(args: argparse.Namespace) -> None:
    """Records one of the two signatures a wording needs before a client may read it; of `all`, every one."""
    from spm_bot.app import opened
    from spm_bot.usecases.sign import sign_all

    surveys = _to_sign(args.code, args.language)
    name = " ".join(args.by.split())
    if not name:
        raise Failure("--by needs the name of the person who signs")
    work = partial(
        sign_all, surveys=surveys, language=args.language, by=name, actor=account(), now=datetime.now(UTC)
    )
    async with opened(load_settings()) as store:
        signed = await store.write(work)
    what = args.code if args.code != ALL else f"{signed} wordings"
    if not signed:
        what = "every wording" if args.code == ALL else "this wording"
        raise Failure(f"{name} has signed {what} already; a second person must sign it")
    tell(f"{name} stands for {what} in {args.language}")


def _to_sign(code: str, language: str) -> list[Survey]:
    """What a client may read under this code in this language. Raises Failure when there is nothing."""
    library = Library.shipped()
    if code == ALL:
        surveys = [each for each in _read_by_clients(library) if language in each.languages]
        if not surveys:
            raise Failure(f"no survey or form has a wording in {language!r}")
        return surveys
    survey = library.survey(code)
    if survey.readers == "staff":
        raise Failure(f"{code} is read by staff only and needs no signature")
    if language not in survey.languages:
        raise Failure(f"{code} has no wording in {language!r}: it has {', '.join(survey.languages)}")
    return [survey]


async def text(args: argparse.Namespace) -> None:
    """What somebody read, by the hash that a receipt of consent or the ledger names."""
    from spm_bot.app import opened
    from spm_bot.storage.survey_versions import text_of

    work = partial(text_of, code=args.code, language=args.language, hash_=args.wording)
    try:
        async with opened(load_settings()) as store:
            survey = await store.read(work)
    except LookupError as error:
        raise Failure(str(error)) from None
    read = sentences(survey, args.language)
    if args.json:
        show({"code": survey.code, "version": survey.version, "language": args.language, "sentences": read})
    else:
        sys.stdout.write("\n".join(read) + "\n")


async def play(args: argparse.Namespace) -> None:
    """Asks a survey in this terminal, on a database of its own that is thrown away."""
    from spm_bot.app import make_desk, opened
    from spm_bot.cli.practice import play_in_terminal

    settings = load_settings()
    desk = make_desk(settings.institution)
    survey = desk.library.survey(args.code)
    if args.language not in survey.languages:
        raise Failure(
            f"{survey.code} has no wording in {args.language!r}: it has {', '.join(survey.languages)}"
        )
    with TemporaryDirectory() as folder:
        elsewhere = settings.model_copy(
            update={"database_url": f"sqlite+aiosqlite:///{folder}/practice.db", "secret_key": None}
        )
        async with opened(elsewhere) as store:
            await store.write(
                partial(_sign_for_practice, surveys=desk.library.client_forms, now=datetime.now(UTC))
            )
            await play_in_terminal(args.code, language=args.language, store=store, desk=desk)


def _sign_for_practice(connection: Connection, *, surveys: Sequence[Survey], now: datetime) -> None:
    """Where no client ever writes, every language may be tried."""
    from spm_bot.usecases.sign import sign_all

    for language in {language for survey in surveys for language in survey.languages}:
        for name in ("practice", "practice again"):
            sign_all(connection, surveys=surveys, language=language, by=name, actor=account(), now=now)


def score(args: argparse.Namespace) -> None:
    """What a set of answers scores, as JSON."""
    survey = Library.shipped().survey(args.code)
    given = json_object(args.file, example='{"ds1": "very", "ds6": ["health"]}')
    show(report(score_answers(survey, as_answers(survey, given))))
