"""Digests of one week as they are stored: that of all branches, and those that branch managers get."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.digest import Digest, to_json
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.measures import Exact
from spm_bot.storage import digests
from spm_bot.storage.store import Store
from tests.reports.samples import full_digest

_STRESS = Exact(n=290, value=0.19, low=0.15, high=0.24, effective=270)
_AFRAID = Exact(n=300, value=0.78, low=0.73, high=0.82, effective=280)
_BUNGOMA = Exact(n=120, value=0.40, low=0.32, high=0.49, effective=110)
_HIDDEN = Row("BUS", "Busia", hidden=True)


def digest_of(week: str, scope: str | None = None) -> Digest:
    """Stress by branch, Busia hidden; two more figures of the whole institution, of one too few answers."""
    rows = (Row("BUN", "Bungoma", hidden=False, now=_BUNGOMA), _HIDDEN)
    digest = full_digest(week=week, figures=_figures(), breakdowns=(_table(rows),))
    if scope is None:
        return digest
    own = tuple(row for row in rows if row.code == scope)
    return replace(digest, scope=scope, scope_name=scope, figures=(), breakdowns=(_table(own),))


async def keep_digests(store: Store, *, week: str) -> None:
    """Stores the digest of all branches, and those of Bungoma and Busia."""
    for scope in (None, "BUN", "BUS"):
        body = to_json(digest_of(week, scope))
        await store.write(partial(digests.keep, week=week, scope=scope or "", body=body))


def _figures() -> tuple[Figure, ...]:
    shown = {"DST5": _STRESS, "SAT5": _AFRAID, "SAT3": None}
    return tuple(Figure(code, window=None, now=now, before=None, verdict=None) for code, now in shown.items())


def _table(rows: tuple[Row, ...]) -> Breakdown:
    return Breakdown(Dimension.BRANCH, "DST5", rows)
