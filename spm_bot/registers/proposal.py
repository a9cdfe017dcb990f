"""A mapping file to begin with: what we recognise in the files, and what somebody has to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from spm_bot.registers.headings import NEEDED
from spm_bot.registers.mapping import Mapping
from spm_bot.registers.tables import Sheet, sheet_in


def suggested(files: Sequence[Path], *, mapping: Mapping | None = None) -> str:
    """The text of a mapping file for these lists: every column that we know, and under `ignore` every one
    that we do not. Raises SheetError for a file that is no list at all.
    """
    known = mapping or Mapping()
    columns = dict(known.columns)
    ignored = dict.fromkeys(known.ignore)
    missing: list[str] = []
    for path in files:
        with sheet_in(path, mapping=known) as sheet:
            found = sheet.match
            for name, index in found.columns.items():
                columns.setdefault(name, sheet.headings[index])
            doubled = [second for _name, _first, second in found.twice]
            ignored |= dict.fromkeys(sheet.headings[index] for index in (*found.unknown, *doubled))
            missing += _wanted(sheet)
    content = known.model_dump(exclude_defaults=True, mode="json")
    content |= {"columns": columns, "ignore": list(ignored)}
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return "\n".join([*_heading(missing), text])


def _wanted(sheet: Sheet) -> Iterator[str]:
    for names in NEEDED[sheet.match.kind]:
        if names[0] in sheet.match.missing:
            yield f"# Missing in {sheet.grid.place}: {' or '.join(names)}. Add it under columns."


def _heading(missing: Sequence[str]) -> Iterator[str]:
    yield "# How our lists are written. columns: our field, then the heading in the list."
    yield "# Look through ignore: what is of use there belongs under columns."
    yield from missing
    yield '# If asked for, add: dates: dmy | decimal: "," (or ".") | encoding: cp1252 | sheet: NAME'
    yield '# amounts_in: 1000 | currency: KES | branches: {"01": BUN} | products: {GL: group_loan}'
    yield "# values: {gender: {F: female}, loan_status: {Live: active}}"
