"""What answers score, through the surveys as they ship."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.surveys.entries import as_answers
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Kind
from spm_bot.surveys.scoring import Scored, report, score

LIBRARY = Library.shipped()
DEBT = LIBRARY.survey("debt_stress")
SATISFACTION = LIBRARY.survey("client_satisfaction")
ITEMS = ("ds1", "ds2", "ds3", "ds4", "ds5", "ds6", "ds7")
BANDS = ("low", "moderate", "high", "severe")


def scored(plain: dict[str, Any], survey: Any = DEBT) -> Scored:
    return score(survey, as_answers(survey, plain))


def debt(*given: Any, **more: Any) -> dict[str, Any]:
    return dict(zip(ITEMS, given, strict=True)) | more


A = debt("easy", "never", "never", "no", "no", ["none"], "never")
B = debt("bit", "never", "never", "no", "no", ["extra_work"], "few")
C = debt("bit", "days", "weeks_1_2", "no", "no", ["extra_work"], "few")
F = debt("very", "behind_now", "most_weeks", "moneylender", "land_house", ["child", "health"], "most")
I_ = debt("very", "days", "weeks_1_2", "pns", "pns", ["none"], "many")
L = debt("easy", "never", "never", "no", "land_house", ["child", "health"], "never")
M = debt("easy", "never", "never", "no", "no", ["child"], "never")


@pytest.mark.parametrize(
    ("answers", "dsi", "band", "alerts"),
    [
        (A, 0.0, "low", ([], [], None)),
        (B, 13.05, "low", ([], [], None)),
        (C, 25.05, "moderate", ([], [], None)),
        (F, 100.0, "severe", (["CHILD", "FOOD", "HEALTH", "LAND", "REBORROW"], ["ds7"], "critical")),
        (L, 30.0, "severe", (["CHILD", "HEALTH", "LAND"], [], "critical")),
        (M, 15.0, "high", (["CHILD"], [], "critical")),
    ],
)
def test_worked_examples(
    answers: dict[str, Any], dsi: float, band: str, alerts: tuple[list[str], list[str], str | None]
) -> None:
    flags, watch, level = alerts
    assert report(scored(answers)) == {
        "scores": {"dsi": pytest.approx(dsi, abs=1e-12)},
        "bands": {"dsi": band},
        "flags": [f"RF_{name}" for name in flags],
        "watch": watch,
        "followup_level": level,
        "reasons": {},
    }


def test_one_core_item_is_not_enough() -> None:
    assert report(scored(I_)) == {
        "scores": {"dsi": None},
        "bands": {"dsi": None},
        "flags": [],
        "watch": [],
        "followup_level": None,
        "reasons": {"dsi": "insufficient"},
    }


def test_the_example_of_the_command_line() -> None:
    answers = debt("very", "never", "weeks_3_6", "moneylender", "no", ["extra_work"], "many")
    assert report(scored(answers)) == {
        "scores": {"dsi": 55.45},
        "bands": {"dsi": "high"},
        "flags": ["RF_REBORROW"],
        "watch": ["ds3"],
        "followup_level": "high",
        "reasons": {},
    }


@pytest.mark.parametrize(
    ("answers", "dsi", "band", "reason"),
    [
        ({"ds1": "noloan"}, None, None, "not_borrower"),
        ({}, None, None, "insufficient"),
        ({"ds1": "pns"}, None, None, "insufficient"),
        ({"ds3": "most_weeks"}, None, "high", "insufficient"),
        ({"ds3": "most_weeks", "ds6": ["child", "health"]}, None, "severe", "insufficient"),
        ({k: v for k, v in A.items() if k not in ("ds1", "ds2", "ds7")}, None, None, "insufficient"),
        ({k: v for k, v in M.items() if k not in ("ds1", "ds2")}, 15 * 100 / 75, "high", None),
    ],
)
def test_missing_answers_are_left_out_never_filled_in(
    answers: dict[str, Any], dsi: float | None, band: str | None, reason: str | None
) -> None:
    result = scored(answers)
    assert (result.scores["dsi"], result.bands["dsi"], result.reasons.get("dsi")) == (dsi, band, reason)


@pytest.mark.parametrize(
    ("answers", "flags", "watch", "level"),
    [
        ({"ds8": ["threatened"]}, ("RF_THREAT",), (), "critical"),
        ({"ds8": ["took"]}, ("RF_THREAT",), (), "critical"),
        ({"ds8": ["stayed"]}, ("RF_THREAT",), (), "critical"),
        ({"ds8": ["unsafe"]}, ("RF_UNSAFE",), (), "critical"),
        ({"ds8": ["bribe"]}, ("RF_BRIBE",), (), "high"),
        ({"ds8": ["shamed", "group"]}, ("RF_GROUP", "RF_SHAME"), (), "high"),
        ({"ds8": ["none"]}, (), (), None),
        ({"ds5": "work"}, ("RF_ASSET",), (), "high"),
        ({"ds6": ["health"]}, ("RF_HEALTH",), (), "high"),
        ({"ds4": "us"}, ("RF_REFINANCE",), (), None),
        ({"ds4": "moneylender"}, ("RF_REBORROW",), (), "high"),
        ({"ds10": "yes"}, ("RF_HELP",), (), "high"),
        ({"ds3": "weeks_3_6"}, (), ("ds3",), "watch"),
        ({"ds7": "most"}, (), ("ds7",), "watch"),
        ({"ds4": "lender", "ds9": "nothing"}, ("RF_WATCH",), ("ds4", "ds9"), "high"),
        ({"ds7": "most", "ds9g": "more"}, ("RF_WATCH",), ("ds7", "ds9g"), "high"),
        ({"ds7": "most", "ds10": "yes"}, ("RF_HELP",), ("ds7",), "high"),
    ],
)
def test_flags_are_judged_on_whatever_was_answered(
    answers: dict[str, Any], flags: tuple[str, ...], watch: tuple[str, ...], level: str | None
) -> None:
    result = scored(answers)
    assert (result.flags, result.watch, result.followup_level) == (flags, watch, level)


@pytest.mark.parametrize(
    ("answers", "flags", "level"),
    [
        ({"cs3": 5, "cs1": 9}, [], None),
        ({"cs4": "never"}, ["RF_RESPECT"], "standard"),
        ({"cs4": "never", "sv3": "yes"}, ["RF_RESPECT", "RF_SAVINGS"], "critical"),
    ],
)
def test_a_survey_without_an_index_has_flags_only(
    answers: dict[str, Any], flags: list[str], level: str | None
) -> None:
    assert report(scored(answers, SATISFACTION)) == {
        "scores": {},
        "bands": {},
        "flags": flags,
        "watch": [],
        "followup_level": level,
        "reasons": {},
    }


def codes(name: str) -> list[str]:
    return [choice.code for choice in DEBT.question(name).choices if choice.code != "noloan"]


def answer(name: str) -> st.SearchStrategy[Any]:
    if DEBT.question(name).kind is Kind.SELECT_ONE:
        return st.sampled_from([*codes(name), "pns"])
    some = st.lists(
        st.sampled_from([code for code in codes(name) if code != "none"]), min_size=1, unique=True
    )
    return st.one_of(st.just(["none"]), st.just("pns"), some)


EVERYTHING = st.fixed_dictionaries({}, optional={name: answer(name) for name in ITEMS})
AROUND = st.fixed_dictionaries({}, optional={n: answer(n) for n in ("ds0", "ds8", "ds9", "ds9g", "ds10")})


def worth(name: str, picked: Any) -> float:
    values = {choice.code: choice.value for choice in DEBT.question(name).choices}
    return max(values[code] or 0.0 for code in ([picked] if isinstance(picked, str) else picked))


@given(EVERYTHING)
def test_the_index_lies_between_0_and_100(answers: dict[str, Any]) -> None:
    dsi = scored(answers).scores["dsi"]
    assert dsi is None or 0 <= dsi <= 100


@given(EVERYTHING, st.data())
def test_a_worse_answer_lowers_neither_index_nor_band(answers: dict[str, Any], data: st.DataObject) -> None:
    said = [name for name in answers if answers[name] != "pns"]
    if not said:
        assert scored(answers).scores["dsi"] is None
        return
    name = data.draw(st.sampled_from(said))
    at_least = worth(name, answers[name])
    worse = data.draw(st.sampled_from([code for code in codes(name) if worth(name, code) >= at_least]))
    after = worse if DEBT.question(name).kind is Kind.SELECT_ONE else [worse]
    before, then = scored(answers), scored(answers | {name: after})
    assert (before.scores["dsi"] or 0) <= (then.scores["dsi"] or 0)
    ranks = {None: -1} | {band: rank for rank, band in enumerate(BANDS)}
    assert ranks[before.bands["dsi"]] <= ranks[then.bands["dsi"]]


@given(EVERYTHING, AROUND, st.integers())
def test_the_order_of_answers_is_irrelevant(
    answers: dict[str, Any], around: dict[str, Any], seed: int
) -> None:
    items = list((answers | around).items())
    shuffled = random.Random(seed).sample(items, len(items))
    assert scored(dict(items)) == scored(dict(shuffled))


@given(EVERYTHING, AROUND)
def test_unweighted_questions_never_change_the_index(answers: dict[str, Any], around: dict[str, Any]) -> None:
    alone, together = scored(answers), scored(answers | around)
    assert (alone.scores, alone.bands, alone.reasons) == (together.scores, together.bands, together.reasons)


@given(EVERYTHING, st.sampled_from(["extra_work", "left_home", "health", "child"]))
def test_a_milder_pick_beside_a_graver_one_changes_nothing(answers: dict[str, Any], milder: str) -> None:
    picked = answers.get("ds6")
    beside = isinstance(picked, list) and picked != ["none"] and worth("ds6", milder) < worth("ds6", picked)
    picks = sorted({*picked, milder}) if beside and picked else picked
    after = answers | ({"ds6": picks} if beside else {})
    assert scored(after).scores == scored(answers).scores
    assert scored(after).bands == scored(answers).bands
