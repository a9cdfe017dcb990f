"""Seconds and peak memory of bringing in a list of clients with a loan each, by the command itself.

    python -m benchmarks.register_import [--clients 100000] [--xlsx]

The list is made up; the command runs in a process of its own on an empty SQLite file, then once more with
the same list, then with a list in which every tenth loan has changed.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
COLUMNS = (
    *("client_id", "branch", "full_name", "phone", "gender", "birth_date", "activation_date", "language"),
    *("area", "officer", "savings", "loan_id", "product", "disbursed_on", "principal"),
    *("outstanding_principal", "overdue_principal", "days_in_arrears", "next_due_on", "repayment_frequency"),
)
BRANCHES = ("BUN", "BUS", "KAK", "KIS", "NAK")


def rows(clients: int, *, week: int) -> Iterator[tuple[object, ...]]:
    """Clients with a loan each; in a later week every tenth has paid something."""
    for number in range(clients):
        paid = 50.25 * week if number % 10 == 0 else 0.0
        group = number % 3 == 0
        yield (
            *(f"C{number:07}", BRANCHES[number % len(BRANCHES)], f"Asha Example {number}"),
            *(f"+2547{number:08}", "female" if number % 3 else "male", f"{1960 + number % 40}-05-17"),
            *(f"{2015 + number % 10}-02-03", "sw", "rural" if number % 2 else "urban", f"LO-{number % 200}"),
            *("yes" if number % 2 else "no", f"L{number:07}", "group_loan" if group else "business_loan"),
            *("2026-02-01", 60_000, round(30_000 + number % 9_000 - paid, 2), 0 if number % 20 else 500),
            *(0 if number % 20 else number % 90, "2026-12-01", "weekly" if group else "monthly"),
        )


def write(file: Path, clients: int, *, week: int) -> None:
    if file.suffix == ".csv":
        with file.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([COLUMNS, *rows(clients, week=week)])
        return
    from openpyxl import Workbook  # noqa: PLC0415 - only for a workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Clients")
    sheet.append(COLUMNS)
    for row in rows(clients, week=week):
        sheet.append(row)
    book.save(file)


def measure(folder: Path, file: Path) -> tuple[float, float, float]:
    """Seconds, seconds of the processor alone, and peak megabytes of one import."""
    command = [sys.executable, str(ROOT / "bot.py"), "register", "import", file.name]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPM_")}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    if status:
        raise SystemExit(f"{file.name} was not imported: try `bot.py register import` on it")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return took, usage.ru_utime + usage.ru_stime, kilobytes / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--xlsx", action="store_true", help="a workbook in place of CSV")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "institution.yaml", folder)
        file = folder / f"clients.{'xlsx' if args.xlsx else 'csv'}"
        for label, week in (("first", 0), ("again", 0), ("a tenth changed", 1)):
            write(file, args.clients, week=week)
            seconds, busy, megabytes = measure(folder, file)
            print(f"{label:16} {seconds:6.1f} s  {busy:6.1f} s CPU  {megabytes:6.0f} MB")


if __name__ == "__main__":
    main()
