"""What whoever brings in a list should look at, although nothing was refused for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from spm_bot.fieldwork.register import ClientRow, Register
from spm_bot.registers.decoding import CODEPAGES
from spm_bot.registers.gathering import Gathered
from spm_bot.registers.phones import CLIENTS_A_NUMBER
from spm_bot.registers.sheets import Table

_SHOWN = 3
_ODD = re.compile(r"[^\W\d_][\[\]{}<>|~^=_;:\\$#%0-9]+[^\W\d_]")
"""Signs between letters: what text in a font of its own looks like without that font."""
_ODD_SHARE = 5


def remarks(
    tables: Sequence[Table], gathered: Gathered, register: Register, *, made_up: int, shared: int
) -> Iterator[str]:
    """One line each; `made_up` and `shared` are how many clients lost a number that is nobody's own."""
    clients = register.clients or ()
    for table in tables:
        yield from _of_table(table, clients)
    if gathered.lettered:
        yield f"{gathered.lettered} phone numbers have the letter O: it was read as 0"
    if made_up:
        yield f"{made_up} phone numbers were left out: they are made up, such as 0700000000"
    if shared:
        yield f"{shared} phone numbers were left out: each stands with more than {CLIENTS_A_NUMBER} clients"
    if gathered.applicants:
        yield f"{gathered.applicants} rows were left out: they are of people or loans that are only asked for"
    if gathered.mixed:
        some = ", ".join(gathered.mixed[:_SHOWN])
        yield f"{len(gathered.mixed)} client codes mix letters of two alphabets that look the same: {some}"
    if clients and _ODD_SHARE * sum(bool(_ODD.search(row.name)) for row in clients) > len(clients):
        yield f"names look like text in an old font, such as {clients[0].name!r} (save the list as Unicode)"


def _of_table(table: Table, clients: Sequence[ClientRow]) -> Iterator[str]:
    grid = table.grid
    if grid.encoding in CODEPAGES:
        names = list(islice((row.name for row in clients if not row.name.isascii()), _SHOWN))
        if names:
            mend = "if that looks wrong, write encoding: in the mapping file"
            yield f"{table.place} was read as {grid.encoding}: {', '.join(names)} ({mend})"
    if not grid.place.endswith("]") and grid.place.lower().endswith((".xls", ".xlsx")):
        yield f"{table.place} is text, whatever its name says, and was read as text"
    if grid.findings.hidden:
        yield f"{table.place}: {grid.findings.hidden} hidden rows were read as well"
    if table.totals:
        yield f"{table.place}: {table.totals} rows of totals were left out"
    if grid.others:
        yield f"{table.place}: other sheets were not read: {', '.join(grid.others)}"
