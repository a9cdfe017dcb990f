from datetime import date

import pytest

from spm_bot.analytics.portfolio import Book, PortfolioRow, books, stale
from spm_bot.times import Week

OCTOBER, NOVEMBER = date(2026, 10, 30), date(2026, 11, 20)


def test_books_weigh_by_balance_and_never_add_currencies() -> None:
    rows = [
        PortfolioRow("KSM", "group", "KES", 3000.0, 30.0, 300.0, 60.0, NOVEMBER),
        PortfolioRow("BGM", "group", "KES", 1000.0, 130.0, 0.0, 0.0, OCTOBER),
        PortfolioRow("BGM", "business", "USD", 50.0, 5.0, 10.0, 0.0, NOVEMBER),
    ]
    assert books(rows) == (
        Book(None, None, "KES", 4000.0, 0.04, 0.075, 0.015, "2026-10-30"),
        Book("BGM", None, "KES", 1000.0, 0.13, 0.0, 0.0, "2026-10-30"),
        Book("KSM", None, "KES", 3000.0, 0.01, 0.1, 0.02, "2026-11-20"),
        Book(None, "group", "KES", 4000.0, 0.04, 0.075, 0.015, "2026-10-30"),
        Book(None, None, "USD", 50.0, 0.1, 0.2, 0.0, "2026-11-20"),
        Book("BGM", None, "USD", 50.0, 0.1, 0.2, 0.0, "2026-11-20"),
        Book(None, "business", "USD", 50.0, 0.1, 0.2, 0.0, "2026-11-20"),
    )


def test_books_without_loans_have_no_shares() -> None:
    rows = [PortfolioRow("BGM", "group", "KES", 0.0, 0.0, 0.0, 12.0, OCTOBER)]
    assert books(rows)[0] == Book(None, None, "KES", 0.0, None, None, None, "2026-10-30")


def test_books_of_nothing() -> None:
    assert books([]) == ()


@pytest.mark.parametrize(
    ("as_of", "old"), [("2026-10-08", False), ("2026-10-07", True), ("2026-12-01", False)]
)
def test_book_is_stale_45_days_before_the_week_ends(as_of: str, old: bool) -> None:
    assert stale(as_of, Week(2026, 47)) is old
