"""What the institution file says of figures, in the units of the indicators, and what else is read."""

from __future__ import annotations

from functools import partial

import pytest

from spm_bot.analytics.composition import Inputs
from spm_bot.analytics.digest import readable
from spm_bot.storage.store import Store
from spm_bot.times import Week
from spm_bot.usecases.collect_inputs import collect_inputs, in_unit, settings_of
from tests.stage.world import desk

WEEK = Week.parse("2026-W47")


@pytest.mark.parametrize(
    ("indicator", "written", "value"),
    [("DST5", 15.0, 0.15), ("FIN1", 20.0, 0.2), ("DST6", 57.5, 57.5), ("PAR30", 5.0, 0.05)],
)
def test_value_of_the_file_in_the_unit_of_its_indicator(indicator: str, written: float, value: float) -> None:
    assert in_unit(indicator, written) == pytest.approx(value)


def test_settings_hold_limits_and_targets_in_units() -> None:
    [objective, *_] = desk().institution.objectives
    rows = (objective.model_copy(update={"indicator": "FIN1", "target": 20.0}),)
    limits = {"DST5": 15.0, "DST6": 57.5}
    settings = settings_of(desk().institution.model_copy(update={"objectives": rows, "limits": limits}))
    assert settings.limits == {"DST5": 0.15, "DST6": 57.5}
    assert settings.targets == {"FIN1": 0.2}
    assert settings.branches == {branch.code: branch.name for branch in desk().institution.branches}


async def test_objectives_are_goals_even_where_nothing_was_heard(store: Store) -> None:
    institution = desk().institution
    inputs: Inputs = await store.read(partial(collect_inputs, week=WEEK, institution=institution))
    assert [(goal.indicator, goal.target) for goal in inputs.goals] == [
        (row.indicator, in_unit(row.indicator, row.target)) for row in institution.objectives
    ]
    assert (inputs.portfolio, inputs.log, inputs.remarks) == ((), (), ())


@pytest.mark.parametrize("body", ['{"layout": 1}', "{}", "no JSON"])
def test_body_of_another_layout_is_not_known(body: str) -> None:
    assert readable(body) is None
