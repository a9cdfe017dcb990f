import subprocess
import sys

import pytest

from spm_bot.analytics.indicators import CATALOGUE, Better, Observed, Unit, observe

Codes = dict[str, tuple[str, ...]]


def seen(
    survey: str,
    answers: Codes,
    *,
    numbers: dict[str, float] | None = None,
    bands: dict[str, str | None] | None = None,
    scores: dict[str, float | None] | None = None,
) -> dict[str, float | None]:
    found = observe(survey, answers, numbers=numbers or {}, bands=bands or {}, scores=scores or {})
    return {each.indicator: each.value for each in found}


SATISFACTION = [
    ("cs3", "5", {"SAT2": 1.0}),
    ("cs3", "4", {"SAT2": 1.0}),
    ("cs3", "3", {"SAT2": 0.0}),
    ("cs3", "1", {"SAT2": 0.0}),
    ("cs3", "pns", {}),
    ("cs4", "always", {"SAT3": 1.0}),
    ("cs4", "mostly", {"SAT3": 0.0}),
    ("cs4", "never", {"SAT3": 0.0}),
    ("cs4", "na", {}),
    ("cs4", "pns", {}),
    ("cs6", "all", {"SAT4": 1.0}),
    ("cs6", "some", {"SAT4": 0.0}),
    ("cs6", "noloan", {}),
    ("cs7", "branch", {"SAT5": 1.0, "SAT5b": 0.0}),
    ("cs7", "outside", {"SAT5": 1.0, "SAT5b": 0.0}),
    ("cs7", "dont_know", {"SAT5": 0.0, "SAT5b": 0.0}),
    ("cs7", "afraid", {"SAT5": 0.0, "SAT5b": 1.0}),
    ("cs7", "pns", {}),
    ("cs8", "no", {"SAT6": 0.0}),
    ("cs8", "staff", {"SAT6": 1.0}),
    ("cs8", "both", {"SAT6": 1.0}),
    ("cs9", "solved", {"SAT7": 1.0, "SAT8": 0.0, "SAT8b": 0.0}),
    ("cs9", "told_wait", {"SAT7": 0.0, "SAT8": 0.0, "SAT8b": 0.0}),
    ("cs9", "nottold_fear", {"SAT8": 1.0, "SAT8b": 1.0}),
    ("cs9", "nottold_other", {"SAT8": 1.0, "SAT8b": 0.0}),
    ("cs9", "nottold_small", {"SAT8": 0.0, "SAT8b": 0.0}),
    ("cs10", "leave", {"SAT9": 1.0}),
    ("cs10", "other_lender", {"SAT9": 1.0}),
    ("cs10", "rest", {"SAT9": 0.0}),
    ("cs10", "dk", {}),
    ("cs5", "5", {}),
]


@pytest.mark.parametrize(("item", "code", "expected"), SATISFACTION)
def test_observe_satisfaction(item: str, code: str, expected: dict[str, float]) -> None:
    assert seen("client_satisfaction", {item: (code,)}) == expected


@pytest.mark.parametrize(
    ("score", "expected"), [(10, 100.0), (9, 100.0), (8, 0.0), (7, 0.0), (6, -100.0), (0, -100.0)]
)
def test_observe_recommendation(score: float, expected: float) -> None:
    assert seen("client_satisfaction", {}, numbers={"cs1": score}) == {"SAT1": expected}


def test_observe_recommendation_skipped() -> None:
    assert seen("client_satisfaction", {"cs1": ("pns",)}) == {}


STRESS = [
    ({"ds1": ("very",)}, {"DST1": 1.0}),
    ({"ds1": ("bit",)}, {"DST1": 0.0}),
    ({"ds1": ("noloan",)}, {}),
    ({"ds1": ("pns",)}, {}),
    ({"ds3": ("never",)}, {"DST2": 0.0}),
    ({"ds3": ("weeks_1_2",)}, {"DST2": 1.0}),
    ({"ds4": ("no",)}, {"DST3": 0.0, "DST9": 0.0}),
    ({"ds4": ("free",)}, {"DST3": 0.0, "DST9": 0.0}),
    ({"ds4": ("us",)}, {"DST3": 1.0, "DST9": 1.0}),
    ({"ds4": ("moneylender",)}, {"DST3": 1.0, "DST9": 0.0}),
    ({"ds5": ("home",)}, {"DST4": 0.0}),
    ({"ds5": ("land_house",)}, {"DST4": 1.0}),
    ({"ds8": ("none",)}, {"DST7": 0.0, "DST7g": 0.0}),
    ({"ds8": ("group",)}, {"DST7": 0.0, "DST7g": 1.0}),
    ({"ds8": ("group", "took")}, {"DST7": 1.0, "DST7g": 1.0}),
    ({"ds8": ("pns",)}, {}),
    ({"ds9": ("just",)}, {"DST8": 0.0}),
    ({"ds9": ("nothing",)}, {"DST8": 1.0}),
]


@pytest.mark.parametrize(("answers", "expected"), STRESS)
def test_observe_stress_item(answers: Codes, expected: dict[str, float]) -> None:
    assert seen("debt_stress", answers) == expected


@pytest.mark.parametrize(
    ("band", "value"),
    [("low", 0.0), ("moderate", 0.0), ("high", 1.0), ("severe", 1.0), (None, None)],
)
def test_observe_band(band: str | None, value: float | None) -> None:
    found = seen("debt_stress", {"ds7": ("most",)}, bands={"dsi": band})
    assert found == {"DST5": value}


@pytest.mark.parametrize("score", [55.45, 0.0, None])
def test_observe_score(score: float | None) -> None:
    assert seen("debt_stress", {"ds7": ("most",)}, scores={"dsi": score}) == {"DST6": score}


@pytest.mark.parametrize(
    "answers",
    [{"ds1": ("noloan",)}, {}, {"ds0": ("yes",)}, {"ds1": ("pns",), "ds7": ("pns",)}],
    ids=["no loan", "nothing asked", "only the door", "all skipped"],
)
def test_observe_band_where_nobody_answered(answers: Codes) -> None:
    """A client without a loan is no borrower, so not "could not be scored" either."""
    assert seen("debt_stress", answers, bands={"dsi": None}, scores={"dsi": None}) == {}


OUTCOMES = [
    ({"oc1": ("5",)}, {"OCM1": 1.0, "OCM2": 0.0}),
    ({"oc1": ("3",)}, {"OCM1": 0.0, "OCM2": 0.0}),
    ({"oc1": ("1",)}, {"OCM1": 0.0, "OCM2": 1.0}),
    ({"oc4": ("somewhat",)}, {"OCM3": 1.0}),
    ({"oc4": ("very",)}, {"OCM3": 0.0}),
    ({"oc4": ("dk",)}, {}),
    ({"oc6": ("more",)}, {"OCM4": 1.0}),
    ({"oc6": ("less",)}, {"OCM4": 0.0}),
]


@pytest.mark.parametrize(("answers", "expected"), OUTCOMES)
def test_observe_outcome(answers: Codes, expected: dict[str, float]) -> None:
    assert seen("client_outcomes", answers) == expected


def test_observe_survey_without_indicators() -> None:
    assert observe("client_exit", {"cs3": ("5",)}, numbers={}, bands={}, scores={}) == ()


def test_observe_keeps_the_catalogue_order() -> None:
    answers: Codes = {"ds9": ("just",), "ds1": ("easy",)}
    found = observe("debt_stress", answers, numbers={}, bands={"dsi": "low"}, scores={})
    assert found == (Observed("DST1", 0.0), Observed("DST5", 0.0), Observed("DST8", 0.0))


def test_catalogue_directions() -> None:
    higher = {code for code, found in CATALOGUE.items() if found.better is Better.HIGHER}
    assert higher == {"SAT1", "SAT2", "SAT3", "SAT4", "SAT5", "SAT7", "OCM1", "OCM3", "OCM4"}
    units = {code: found.unit for code, found in CATALOGUE.items() if found.unit is not Unit.SHARE}
    assert units == {"SAT1": Unit.NPS, "DST6": Unit.MEAN}


def test_catalogue_is_light_to_load() -> None:
    """The process that serves chats loads it at start."""
    script = (
        "import sys, spm_bot.analytics.indicators; "
        "print(sorted({'numpy', 'scipy', 'pandas', 'matplotlib', 'pydantic'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
