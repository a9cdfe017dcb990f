from datetime import date

from spm_bot.analytics.portfolio import Book, PortfolioRow, books

OCTOBER, NOVEMBER = date(2026, 10, 30), date(2026, 11, 20)


def test_books_weigh_by_balance_and_never_add_currencies() -> None:
    rows = [
        PortfolioRow("KSM", "KES", 3000.0, 30.0, 60.0, NOVEMBER),
        PortfolioRow("BGM", "KES", 1000.0, 130.0, 0.0, OCTOBER),
        PortfolioRow("BGM", "USD", 50.0, 5.0, 0.0, NOVEMBER),
    ]
    assert books(rows) == (
        Book(None, "KES", 4000.0, 0.04, 0.015, "2026-10-30"),
        Book("BGM", "KES", 1000.0, 0.13, 0.0, "2026-10-30"),
        Book("KSM", "KES", 3000.0, 0.01, 0.02, "2026-11-20"),
        Book(None, "USD", 50.0, 0.1, 0.0, "2026-11-20"),
        Book("BGM", "USD", 50.0, 0.1, 0.0, "2026-11-20"),
    )


def test_books_without_loans_have_no_shares() -> None:
    rows = [PortfolioRow("BGM", "KES", 0.0, 0.0, 12.0, OCTOBER)]
    assert books(rows)[0] == Book(None, "KES", 0.0, None, None, "2026-10-30")


def test_books_of_nothing() -> None:
    assert books([]) == ()
