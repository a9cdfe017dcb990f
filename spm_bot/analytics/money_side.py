"""The loan book as a digest shows it: in order, beside the stress of branches, and when it is stale."""

from __future__ import annotations

from collections.abc import Sequence

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.digest import LEADING, Remark, Settings
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.indicators import PAR30
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.portfolio import Book, stale
from spm_bot.analytics.quadrants import Scatter, scatter
from spm_bot.times import Week


def own_currency_first(ledger: Sequence[Book], settings: Settings) -> tuple[Book, ...]:
    return tuple(sorted(ledger, key=lambda book: (book.currency != settings.currency, book.currency)))


def beside_stress(
    rows: Sequence[Row], lead: Figure | None, ledger: Sequence[Book], week: Week, settings: Settings
) -> Scatter | None:
    """Branches between the limits of stress and of PAR30, or where there is none the institution's own."""
    own = lead.now.value if lead is not None and isinstance(lead.now, Exact) else None
    newest = max((row.window.last for row in rows if row.window is not None), default="")
    return scatter(
        [row for row in rows if row.window is not None and row.window.last == newest],
        ledger,
        week=week,
        currency=settings.currency,
        stress_line=settings.limits.get(LEADING[0], own),
        par30_line=settings.limits.get(PAR30),
    )


def remarks_on(ledger: Sequence[Book], week: Week) -> tuple[Remark, ...]:
    if not ledger:
        return (Remark.NO_PORTFOLIO,)
    return (Remark.STALE_PORTFOLIO,) if any(stale(book.as_of, week) for book in ledger) else ()
