"""Commands about surveys: list, check, sign, play, score."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from tempfile import TemporaryDirectory

from spm_bot.cli.inputs import handwritten, json_object
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.settings import load_settings
from spm_bot.surveys.checks import check as find_problems
from spm_bot.surveys.entries import as_answers
from spm_bot.surveys.library import Library, Problem, SurveyError, load
from spm_bot.surveys.scoring import report
from spm_bot.surveys.scoring import score as score_answers


async def list_surveys(args: argparse.Namespace) -> None:
    """Every survey that can be sent to clients, with the languages signed for it."""
    from spm_bot.app import opened
    from spm_bot.usecases.eligibility import signed_languages

    library = Library.shipped()
    surveys = [survey for survey in library.surveys.values() if not survey.form]
    async with opened(load_settings()) as store:
        signed = {
            survey.code: await store.read(partial(signed_languages, survey=survey)) for survey in surveys
        }
    rows: list[dict[str, object]] = [
        {
            "code": survey.code,
            "title": survey.title.in_("en"),
            "version": survey.version,
            "questions": len(survey.questions),
            "languages": list(survey.languages),
            "signed": sorted(signed[survey.code]),
        }
        for survey in surveys
    ]
    show_rows(rows, as_json=args.json)


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
    """Records one of the two signatures a wording needs before a client may read it."""
    from spm_bot.app import opened
    from spm_bot.storage.store import Conflict
    from spm_bot.usecases.sign import sign_wording

    survey = Library.shipped().survey(args.code)
    if args.language not in survey.languages:
        raise Failure(
            f"{survey.code} has no wording in {args.language!r}: it has {', '.join(survey.languages)}"
        )
    name = " ".join(args.by.split())
    if not name:
        raise Failure("--by needs the name of the person who signs")
    work = partial(
        sign_wording, survey=survey, language=args.language, by=name, actor=account(), now=datetime.now(UTC)
    )
    try:
        async with opened(load_settings()) as store:
            await store.write(work)
    except Conflict:
        raise Failure(f"{name} has signed this wording already; a second person must sign it") from None
    tell(f"{name} stands for {survey.code} in {args.language}")


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
            await play_in_terminal(args.code, language=args.language, store=store, desk=desk)


def score(args: argparse.Namespace) -> None:
    """What a set of answers scores, as JSON."""
    survey = Library.shipped().survey(args.code)
    given = json_object(args.file, example='{"ds1": "very", "ds6": ["health"]}')
    show(report(score_answers(survey, as_answers(survey, given))))
