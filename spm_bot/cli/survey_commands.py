"""Commands about surveys: list, check, sign, play, score."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from spm_bot.cli.output import Failure, show, show_rows, tell
from spm_bot.settings import load_settings
from spm_bot.surveys.checks import check as find_problems
from spm_bot.surveys.entries import as_answers
from spm_bot.surveys.library import Library, load
from spm_bot.surveys.scoring import report
from spm_bot.surveys.scoring import score as score_answers
from spm_bot.surveys.wordings import wording


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


def check(args: argparse.Namespace) -> int:
    """The problems of a survey file; exits with 1 when one of them is an error."""
    survey = load(_text(args.file), place=args.file)
    problems = find_problems(survey)
    if args.json:
        show(
            [{"severity": p.severity, "code": p.code, "place": p.place, "reason": p.reason} for p in problems]
        )
    else:
        for problem in problems:
            tell(f"{problem.severity}: {problem}")
        tell(f"{args.file}: {survey.code}, {len(survey.questions)} questions, version {survey.version}")
    return 0


async def sign(args: argparse.Namespace) -> None:
    """Records one of the two signatures a wording needs before a client may read it."""
    from spm_bot.app import opened
    from spm_bot.storage import survey_versions
    from spm_bot.storage.store import Conflict

    survey = Library.shipped().survey(args.code)
    if args.language not in survey.languages:
        raise Failure(
            f"{survey.code} has no wording in {args.language!r}: it has {', '.join(survey.languages)}"
        )
    name = args.by.strip()
    if not name:
        raise Failure("--by needs the name of the person who signs")
    work = partial(
        survey_versions.sign,
        code=survey.code,
        wording=wording(survey, args.language),
        language=args.language,
        signed_by=name,
        at=datetime.now(UTC),
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
    try:
        given = json.loads(_text(args.file))
    except json.JSONDecodeError as error:
        raise Failure(f"{args.file}:{error.lineno}: is not JSON ({error.msg})") from None
    if not isinstance(given, dict):
        raise Failure(f'{args.file}: must be an object such as {{"ds1": "very", "ds6": ["health"]}}')
    show(report(score_answers(survey, as_answers(survey, given))))


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file}: cannot be read as UTF-8 text ({error})") from None
