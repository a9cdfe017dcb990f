"""What the stored digest of a week shows of a place: the ground on which a decision stands."""

from __future__ import annotations

from spm_bot.analytics.digest import readable
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.measures import Measure
from spm_bot.reports.titles import TITLES
from spm_bot.storage import digests
from spm_bot.storage.store import Connection


def quoted(connection: Connection, week: str, *, branch: str, wide: bool) -> dict[str, Measure | None]:
    """Indicators and what they came to in `branch` ('' all), in the digest of those who see all branches
    (`wide`) or of the branch's own manager. None where it shows nothing; empty without such a digest.
    """
    digest = readable(digests.body(connection, week, "" if wide else branch))
    if digest is None:
        return {}
    found = {figure.indicator: None if branch else figure.now for figure in digest.figures}
    for table in digest.breakdowns:
        if table.dimension is Dimension.BRANCH and branch:
            found[table.indicator] = next((row.now for row in table.rows if row.code == branch), None)
    return {indicator: measure for indicator, measure in found.items() if indicator in TITLES}
