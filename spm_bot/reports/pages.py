"""The week's digest as two pages to print or to read on a screen."""

from __future__ import annotations

from spm_bot.analytics.digest import Digest
from spm_bot.reports import phrases
from spm_bot.reports.front import front
from spm_bot.reports.press import Printed, typeset
from spm_bot.reports.reverse import SECTIONS, reverse
from spm_bot.texts import Voice
from spm_bot.times import Week


def digest_pdf(digest: Digest, voice: Voice) -> bytes:
    """A PDF (PDF/UA-1) of two A4 pages, of one where nothing is known; the same bytes for the same digest."""
    name = phrases.clipped(digest.institution, most=60)
    back = reverse(digest, voice)
    page: dict[str, Printed] = {
        "title": f"{name} · {digest.week}",
        "institution": name,
        "front": front(digest, voice),
        "reverse": back,
        "pages": 2 if any(back[section] for section in SECTIONS) else 1,
    }
    return typeset("digest.typ", page, voice, on=Week.parse(digest.week).end)
