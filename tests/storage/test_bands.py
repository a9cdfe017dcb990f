from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Integer, String, literal, select

from spm_bot.analytics.dimensions import arrears_band, tenure_band
from spm_bot.storage.bands import arrears_of, tenure_of
from spm_bot.storage.store import Store


async def test_bands_in_sql_are_those_of_the_dimensions(store: Store) -> None:
    days = (-1, 0, 1, 30, 31, 400)
    ons = (date(2026, 11, 22), date(2028, 2, 29))
    joined = [
        (on, (on - timedelta(days=back)).isoformat())
        for on in ons
        for back in (0, 364, 365, 366, 1094, 1095, 1096, 5000)
    ]
    found = await store.read(
        lambda c: (
            [c.execute(select(arrears_of(literal(each, Integer)))).scalar() for each in days],
            [c.execute(select(tenure_of(literal(each, String), on=on))).scalar() for on, each in joined],
        )
    )
    assert found == (
        [arrears_band(each) for each in days],
        [tenure_band(each, on=on) for on, each in joined],
    )


async def test_bands_of_nobody_known_are_empty(store: Store) -> None:
    nothing = select(
        arrears_of(literal(None, Integer)),
        tenure_of(literal(None, String), on=date(2026, 1, 1)),
        tenure_of(literal("", String), on=date(2026, 1, 1)),
    )
    assert await store.read(lambda c: tuple(c.execute(nothing).one())) == ("", "", "")
