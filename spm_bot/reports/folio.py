"""Everything that is drawn from one digest in one language, and the files it is written to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spm_bot.analytics.digest import Digest, to_json
from spm_bot.reports.branch_picture import branches_picture
from spm_bot.reports.card import card
from spm_bot.reports.line_picture import line_picture
from spm_bot.reports.pages import digest_pdf
from spm_bot.reports.workbook import digest_workbook
from spm_bot.texts import Voice


@dataclass(frozen=True, slots=True)
class Folio:
    """A card as text, two pictures as PNG (the line over the weeks only if there is one), PDF, workbook."""

    card: str
    picture: bytes
    line: bytes | None
    pages: bytes
    workbook: bytes


def folio(digest: Digest, voice: Voice) -> Folio:
    return Folio(
        card=card(digest, voice),
        picture=branches_picture(digest, voice),
        line=line_picture(digest, voice),
        pages=digest_pdf(digest, voice),
        workbook=digest_workbook(digest, voice),
    )


def named(digest: Digest) -> str:
    """What its files are called: `digest-2026-W47`, or with a branch `digest-2026-W47-BUN`."""
    return f"digest-{digest.week}" if digest.scope is None else f"digest-{digest.week}-{digest.scope}"


def write_folio(folder: Path, digest: Digest, drawn: Folio) -> None:
    """Writes card, pictures, PDF, workbook and JSON into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    name = named(digest)
    (folder / f"{name}.txt").write_text(drawn.card + "\n", encoding="utf-8")
    (folder / f"{name}.json").write_text(to_json(digest) + "\n", encoding="utf-8")
    (folder / f"{name}-branches.png").write_bytes(drawn.picture)
    if drawn.line is not None:
        (folder / f"{name}-weeks.png").write_bytes(drawn.line)
    (folder / f"{name}.pdf").write_bytes(drawn.pages)
    (folder / f"{name}.xlsx").write_bytes(drawn.workbook)
