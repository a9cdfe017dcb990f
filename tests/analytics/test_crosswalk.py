from __future__ import annotations

from spm_bot.analytics.crosswalk import Link, Scheme, links, scheme
from spm_bot.analytics.indicators import CATALOGUE


def test_codes_tell_their_scheme() -> None:
    assert [scheme(code) for code in ("4A.1", "PI7163")] == [Scheme.UNIVERSAL, Scheme.IRIS]


def test_every_indicator_informs_a_standard() -> None:
    assert {link.indicator for link in links()} == set(CATALOGUE)


def test_only_the_score_of_recommendation_is_the_very_figure_of_a_catalogue() -> None:
    found = [link for link in links() if scheme(link.code) is Scheme.IRIS]
    assert found == [Link("SAT1", "PI7163", exact=True), Link("SAT9", "PI9319", exact=False)]
