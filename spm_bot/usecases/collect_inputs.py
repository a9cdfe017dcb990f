"""Everything the digests of a week are composed from, read at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from spm_bot.analytics.composition import REACH, Inputs
from spm_bot.analytics.digest import Remark, Settings, readable
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.analytics.objectives import Goal
from spm_bot.analytics.past import Past, spans
from spm_bot.analytics.quality import quality
from spm_bot.analytics.workloads import workloads
from spm_bot.institution import Institution
from spm_bot.storage import (
    audits,
    caseloads,
    contacts,
    decisions,
    digests,
    headcounts,
    paces,
    portfolio_days,
    promises,
    recollections,
)
from spm_bot.storage.store import Connection
from spm_bot.times import Week, at_wall
from spm_bot.usecases.brake import BRAKE
from spm_bot.usecases.gather_themes import gather_themes


def collect_inputs(connection: Connection, *, week: Week, institution: Institution) -> Inputs:
    """What is stored that matters to the digest of `week`: the cost depends on the window, not on history."""
    day, settings = week.end, settings_of(institution)
    population = headcounts.population(connection, on=day)
    asked = contacts.contact_rows(connection, week)
    return Inputs(
        readings=recollections.read(connection, str(week.minus(REACH - 1)), str(week)),
        population=population,
        contacts=asked,
        portfolio=portfolio_days.portfolio_on(connection, day),
        quality=quality(
            contacts.ending_rows(connection, week),
            manners=paces.manners(connection, week),
            silences=paces.silences(connection, week),
            population=population,
            contacts=asked,
            names=settings.branches,
            minimum=settings.minimum_cell,
        ),
        themes=gather_themes(connection, week=week, institution=institution),
        workloads=workloads(
            caseloads.loads(connection, on=day),
            crews=caseloads.crews(connection, on=day),
            growth=caseloads.growth(connection, on=day),
            names=settings.branches,
        ),
        goals=tuple(_goals(institution)),
        log=tuple(decisions.lines(connection, zone=institution.time_zone)),
        said=_said(connection, week, institution),
        remarks=tuple(_remarks(connection, week, institution)),
        past=_past(connection, week),
    )


def settings_of(institution: Institution) -> Settings:
    """What the institution file says of figures, in the units of the indicators: it writes shares in 100."""
    return Settings(
        institution=institution.name,
        branches={branch.code: branch.name for branch in institution.branches},
        products={product.code: product.name for product in institution.products},
        currency=institution.currency,
        minimum_cell=institution.minimum_cell,
        limits={code: in_unit(code, limit) for code, limit in institution.limits.items()},
        targets={row.indicator: in_unit(row.indicator, row.target) for row in institution.objectives},
    )


def in_unit(indicator: str, written: float) -> float:
    """A value of the institution file in the indicator's unit; PAR30 is a share like others."""
    known = CATALOGUE.get(indicator)
    return written / 100 if known is None or known.unit is Unit.SHARE else written


def _said(connection: Connection, week: Week, institution: Institution) -> dict[str, tuple[str, ...]]:
    """What clients read: all of it under '', and what those of each branch do."""
    now, languages = _ended(week, institution), institution.languages
    by_branch = {
        branch.code: promises.current(connection, now=now, languages=languages, branch=branch.code)
        for branch in institution.branches
    }
    return {"": promises.current(connection, now=now, languages=languages), **by_branch}


def _goals(institution: Institution) -> Iterator[Goal]:
    for row in institution.objectives:
        yield Goal(
            mission=row.mission,
            indicator=row.indicator,
            baseline=None if row.baseline is None else in_unit(row.indicator, row.baseline),
            target=in_unit(row.indicator, row.target),
            by=row.by,
            owner=row.owner,
            approved_on=row.approved_on,
        )


def _remarks(connection: Connection, week: Week, institution: Institution) -> Iterator[Remark]:
    if institution.small_institution:
        yield Remark.SMALL_INSTITUTION
    begun = at_wall(week.start, time(), zone=institution.time_zone)
    braked = audits.lines(connection, limit=1000, event=BRAKE, since=begun)
    if any(line.at < _ended(week, institution) for line in braked):
        yield Remark.STRESS_BRAKED


def _ended(week: Week, institution: Institution) -> datetime:
    return at_wall(week.next().start, time(), zone=institution.time_zone)


def _past(connection: Connection, week: Week) -> Past:
    found = {
        name: digests.newest_body(connection, "", first=weeks.first, last=weeks.last)
        for name, weeks in spans(week).items()
    }
    return Past(**{name: readable(body) for name, body in found.items()})
