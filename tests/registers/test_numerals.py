from __future__ import annotations

from pathlib import Path

import pytest

from tests.registers.desk import NEEDED, problem, read, refusals, write

HEAD = NEEDED.replace(",", ";") + ";loan_id;outstanding_principal\n"


def listed(amounts: list[str]) -> str:
    return HEAD + "".join(f"{code};BUN;N;L{code};{amount}\n" for code, amount in enumerate(amounts))


def owed(folder: Path, amounts: list[str], **mapping: object) -> list[float]:
    reading = read(write(folder, listed(amounts)), **mapping)
    assert reading.refused == ()
    return [row.loans[0].outstanding for row in reading.register.clients or ()]


@pytest.mark.parametrize(
    ("amounts", "read_as"),
    [
        (["1234", "0"], [1234.0, 0.0]),
        (["1 234,56", "1\u00a0234,56", "1\u202f234\u2009567,5"], [1234.56, 1234.56, 1234567.5]),
        (["1.234,56", "1.234"], [1234.56, 1234.0]),
        (["1,234.56", "1,234"], [1234.56, 1234.0]),
        (["1,234,567", "1,234"], [1234567.0, 1234.0]),
        (["1.234.567", "1.234"], [1234567.0, 1234.0]),
        (["12,5", "1,234"], [12.5, 1.234]),
        (["0.500", "1.250"], [0.5, 1.25]),
        (["1’234.50"], [1234.5]),
        (["١٢٣٤٫٥٠"], [1234.5]),
        (["១២៣៤.៥"], [1234.5]),
    ],
)
def test_list_shows_which_sign_parts_the_decimals(
    tmp_path: Path, amounts: list[str], read_as: list[float]
) -> None:
    assert owed(tmp_path, amounts) == read_as


@pytest.mark.parametrize(("decimal", "amount"), [(".", 1234.0), (",", 1.234)])
def test_mapping_file_decides_where_the_list_does_not(tmp_path: Path, decimal: str, amount: float) -> None:
    assert owed(tmp_path, ["1,234"], decimal=decimal) == [amount]
    assert problem(tmp_path, write(tmp_path, listed(["5", "1,234"]))) == (
        "list.csv:3: E (outstanding_principal): '1,234' can be read in two ways, and no row"
        " of the list decides"
        ' (write decimal: "." or decimal: "," in the mapping file)'
    )


def test_amounts_written_in_two_ways_are_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, write(tmp_path, listed(["1.234,56", "1,234", "1,234.56"]))) == (
        "list.csv: amounts are written in two ways (row 2, E (outstanding_principal): '1.234,56'; row 4,"
        " E (outstanding_principal): '1,234.56'; mend the list)"
    )


@pytest.mark.parametrize("amount", ["(123)", "-123", "\u2212123", "- 123"])
def test_negative_amount_is_refused(tmp_path: Path, amount: str) -> None:
    reading = read(write(tmp_path, listed([amount])))
    assert refusals(reading, tmp_path) == [
        f"list.csv:2: E (outstanding_principal): {amount!r} is negative (amounts and days are from 0 up)"
    ]


def test_amounts_in_thousands_are_said_to_be(tmp_path: Path) -> None:
    text = listed(["12.5"]).replace("outstanding_principal", "Outstanding ('000)")
    path = write(tmp_path, text)
    columns = {"outstanding_principal": "Outstanding ('000)"}
    assert problem(tmp_path, path, columns=columns) == (
        "list.csv:1: E (Outstanding ('000)) seems to be in thousands (write amounts_in: 1000"
        " in the mapping file,"
        " or amounts_in: 1 if they are not)"
    )
    [row] = read(path, columns=columns, amounts_in=1000).register.clients or ()
    assert row.loans[0].outstanding == 12_500.0
    reading = read(write(tmp_path, text.replace("12.5", "2000000000")), columns=columns, amounts_in=1000)
    assert refusals(reading, tmp_path)[0].endswith("is more than 1e12 (is a digit too many in it?)")


def test_currencies_are_kept_apart(tmp_path: Path) -> None:
    text = f"{NEEDED},loan_id,currency\n7,BUN,N,L1,usd\n8,BUN,N,L2,\n"
    path = write(tmp_path, text)
    assert [row.loans[0].currency for row in read(path).register.clients or ()] == ["USD", "KES"]
    assert [row.loans[0].currency for row in read(path, currency="UGX").register.clients or ()] == [
        "USD",
        "UGX",
    ]
