import struct
from dataclasses import replace

import pytest

from spm_bot.analytics.digest import Digest, from_json, to_json
from spm_bot.analytics.figures import Aim, AimKind, Point
from spm_bot.analytics.objectives import Standing
from spm_bot.reports.line_picture import line_picture
from spm_bot.texts import languages, voice
from tests.reports.samples import bare_digest, figures, full_digest, hostile_digest

ENGLISH = voice("en")


def height(png: bytes | None) -> int:
    assert png is not None
    width, found = struct.unpack(">II", png[16:24])
    assert width == 1080
    return int(found)


def with_points(count: int) -> Digest:
    """The full digest with so many weeks in the line of its leading figure, and none in the others."""
    first, *others = (replace(figure, line=figure.line[:count]) for figure in figures()[:3])
    return full_digest(figures=(first, *(replace(figure, line=()) for figure in others)))


def test_picture_is_the_same_for_the_same_digest() -> None:
    digest = full_digest()
    assert line_picture(digest, ENGLISH) == line_picture(from_json(to_json(digest)), ENGLISH)


@pytest.mark.parametrize("language", languages())
def test_picture_in_every_language(language: str) -> None:
    """A glyph that were missing would warn, and a warning is an error here."""
    for digest in (full_digest(), hostile_digest()):
        assert 1200 < height(line_picture(digest, voice(language))) < 1700


def test_picture_needs_three_points() -> None:
    assert line_picture(with_points(2), ENGLISH) is None
    assert line_picture(bare_digest(), ENGLISH) is None
    assert line_picture(full_digest(figures=()), ENGLISH) is None
    assert height(line_picture(with_points(3), ENGLISH)) < 800


def test_picture_of_a_branch_named_and_of_a_figure_without_a_word() -> None:
    digest = with_points(13)
    silent = replace(
        digest, scope="BGM", scope_name="Bungoma", figures=(replace(digest.figures[0], verdict=None),)
    )
    assert height(line_picture(silent, ENGLISH)) == height(line_picture(digest, ENGLISH))


def test_target_at_the_limit_is_drawn_once() -> None:
    digest = with_points(13)
    limit, target = (Aim(kind, 0.15, Standing.NOT_MET) for kind in (AimKind.LIMIT, AimKind.TARGET))

    def drawn(*aims: Aim) -> bytes | None:
        return line_picture(replace(digest, figures=(replace(digest.figures[0], aims=aims),)), ENGLISH)

    assert drawn(limit, target) == drawn(limit) != drawn(target)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_line_at_an_end_of_the_scale(value: float) -> None:
    line = tuple(
        Point(f"2026-W{week}", value, max(0.0, value - 0.02), min(1.0, value + 0.02))
        for week in range(40, 45)
    )
    edge = full_digest(figures=tuple(replace(figure, line=line) for figure in figures()[:3]))
    assert height(line_picture(edge, ENGLISH)) > 1200
