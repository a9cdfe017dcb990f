from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.audience import Audience, Candidate, eligible, reasons, why_not, why_not_at_all
from spm_bot.fieldwork.contact_rules import Asked, ContactRules, History, Reason
from spm_bot.times import YEAR

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
WEEK = timedelta(weeks=1)
SURVEYS = ("client_satisfaction", "debt_stress", "client_outcomes", "client_exit", "branch_visit")
SIGNED = frozenset({"en", "fr"})
RULES = ContactRules(
    cool_downs={"client_satisfaction": 52, "debt_stress": 26, "client_outcomes": 52},
    apart={frozenset(("client_satisfaction", "client_outcomes")): 8},
)
GOOD = Candidate(
    client=1,
    address=1,
    branch="BUN",
    status="active",
    birth_year=1985,
    has_loan=True,
    in_arrears=False,
    reachable=True,
    agrees=True,
    language="en",
    busy=False,
    history=History(),
)


def asked(survey: str, *, weeks: float) -> History:
    return History((Asked(survey, NOW - weeks * WEEK),))


FULL = History(tuple(Asked("branch_visit", NOW - 60 * WEEK, NOW) for _ in range(12)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"in_arrears": True}, None),
        ({"status": "deceased"}, Reason.DECEASED),
        ({"status": "closed"}, Reason.CLOSED),
        ({"status": "written_off"}, Reason.CLOSED),
        ({"works_here": True}, Reason.WORKS_HERE),
        # Born 18 years ago today, which begins later behind UTC.
        ({"born_on": date(2008, 11, 23)}, None),
        ({"born_on": date(2008, 11, 24)}, Reason.UNDER_AGE),
        ({"born_on": date(2008, 11, 23), "birth_year": None}, None),
        ({"born_on": date(2008, 11, 24), "birth_year": None}, Reason.UNDER_AGE),
        ({"birth_year": None}, Reason.AGE_UNKNOWN),
        ({"birth_year": 2008}, Reason.UNDER_AGE),
        ({"birth_year": 2007}, None),
        ({"has_loan": False}, Reason.NO_LOAN),
        ({"address": None}, Reason.NOT_JOINED),
        ({"reachable": False}, Reason.UNREACHABLE),
        ({"agrees": False}, Reason.NO_CONSENT),
        ({"language": "sw"}, Reason.NO_LANGUAGE),
        ({"language": ""}, Reason.NO_LANGUAGE),
        ({"busy": True}, Reason.OPEN_SESSION),
        ({"history": asked("debt_stress", weeks=25)}, Reason.SURVEY_COOL_DOWN),
        ({"history": asked("branch_visit", weeks=2)}, Reason.COOL_DOWN),
        ({"history": FULL}, Reason.MESSAGES_SPENT),
    ],
)
def test_every_no_has_its_reason(changes: dict[str, Any], reason: Reason | None) -> None:
    candidate = replace(GOOD, **changes)
    found = why_not(candidate, survey="debt_stress", signed=SIGNED, rules=RULES, now=NOW)
    assert found is reason


def test_surveys_keep_their_distance() -> None:
    candidate = replace(GOOD, history=asked("client_outcomes", weeks=7))
    near = why_not(candidate, survey="client_satisfaction", signed=SIGNED, rules=RULES, now=NOW)
    assert near is Reason.SURVEYS_TOO_NEAR
    assert why_not(candidate, survey="branch_visit", signed=SIGNED, rules=RULES, now=NOW) is None


@pytest.mark.parametrize(
    ("survey", "changes", "reason"),
    [
        ("branch_visit", {"birth_year": None}, None),
        ("branch_visit", {"birth_year": 2008}, Reason.UNDER_AGE),
        ("branch_visit", {"has_loan": False}, None),
        ("client_outcomes", {"birth_year": None}, Reason.AGE_UNKNOWN),
        ("client_outcomes", {"has_loan": False}, None),
        ("client_outcomes", {"birth_year": None, "born_on": date(1980, 1, 1)}, None),
        ("client_exit", {}, Reason.HAS_LOAN),
        ("client_exit", {"has_loan": False}, None),
        ("client_exit", {"has_loan": False, "status": "written_off"}, None),
        ("client_exit", {"has_loan": False, "status": "closed"}, Reason.CLOSED),
        ("branch_visit", {"status": "written_off"}, Reason.CLOSED),
    ],
)
def test_surveys_differ_in_what_they_need(
    survey: str, changes: dict[str, Any], reason: Reason | None
) -> None:
    candidate = replace(GOOD, **changes)
    assert why_not(candidate, survey=survey, signed=SIGNED, rules=RULES, now=NOW) is reason


def test_the_dead_are_told_first() -> None:
    nothing_fits = replace(
        GOOD, status="deceased", birth_year=None, has_loan=False, address=None, agrees=False, busy=True
    )
    found = why_not(nothing_fits, survey="debt_stress", signed=frozenset(), rules=RULES, now=NOW)
    assert found is Reason.DECEASED


ORDER: tuple[tuple[dict[str, Any], Reason], ...] = (
    ({"status": "deceased"}, Reason.DECEASED),
    ({"status": "closed"}, Reason.CLOSED),
    ({"works_here": True}, Reason.WORKS_HERE),
    ({"birth_year": 2010}, Reason.UNDER_AGE),
    ({"has_loan": False}, Reason.NO_LOAN),
    ({"branch": "BUS"}, Reason.NOT_IN_AUDIENCE),
    ({"address": None}, Reason.NOT_JOINED),
    ({"reachable": False}, Reason.UNREACHABLE),
    ({"agrees": False}, Reason.NO_CONSENT),
    ({"language": "sw"}, Reason.NO_LANGUAGE),
    ({"busy": True}, Reason.OPEN_SESSION),
    ({"history": asked("debt_stress", weeks=1)}, Reason.SURVEY_COOL_DOWN),
    ({}, Reason.WINDOW_SHUT),
)


def test_the_weightiest_reason_is_told_and_no_other() -> None:
    told, everything = [], [changes for changes, _ in ORDER]
    for place in range(len(ORDER)):
        changes: dict[str, Any] = {}
        for each in reversed(everything[place:]):
            changes |= each
        told.append(
            why_not(
                replace(GOOD, **changes),
                survey="debt_stress",
                signed=SIGNED,
                rules=RULES,
                now=NOW,
                audience=Audience(branches=frozenset({"BUN"})),
                has_hour=lambda _: False,
            )
        )
    assert told == [reason for _, reason in ORDER]
    assert [reason for reason in Reason if reason in told] == told


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience(), True),
        (Audience(branches=frozenset({"BUN", "BUS"})), True),
        (Audience(branches=frozenset({"BUS"})), False),
        (Audience(products=frozenset({"business_loan"})), True),
        (Audience(products=frozenset({"group_loan"})), False),
        (Audience(genders=frozenset({"female"}), branches=frozenset({"BUN"})), True),
        (Audience(genders=frozenset({"male"}), branches=frozenset({"BUN"})), False),
    ],
)
def test_audience_is_branch_product_and_gender(audience: Audience, expected: bool) -> None:
    assert audience.holds(replace(GOOD, product="business_loan", gender="female")) is expected
    assert Audience.from_json(audience.to_json()) == audience


def test_reasons_are_counted_for_a_preview() -> None:
    crowd = [GOOD, replace(GOOD, agrees=False), replace(GOOD, agrees=False, busy=True), replace(GOOD, hour=8)]
    found = reasons(
        crowd,
        survey="debt_stress",
        signed=SIGNED,
        rules=RULES,
        now=NOW,
        has_hour=lambda each: each.hour is None,
    )
    assert found == {None: 1, Reason.NO_CONSENT: 2, Reason.WINDOW_SHUT: 1}


@pytest.mark.parametrize(
    "changes", [{"busy": True}, {"reachable": False}, {"language": "sw"}, {"history": FULL}]
)
def test_who_asks_for_a_survey_is_not_held_back_by_what_spares_them(changes: dict[str, Any]) -> None:
    assert why_not_at_all(replace(GOOD, **changes), survey="debt_stress", now=NOW) is None


moments = st.timedeltas(timedelta(0), timedelta(days=500)).map(lambda ago: NOW - ago)
histories = st.lists(
    st.builds(Asked, st.sampled_from(SURVEYS), moments, st.none() | moments), max_size=8
).map(lambda asked: History(tuple(asked)))
candidates = st.builds(
    Candidate,
    client=st.integers(1, 10**6),
    address=st.none() | st.integers(1, 10**6),
    branch=st.sampled_from(["BUN", "BUS"]),
    status=st.sampled_from(["active", "active", "active", "closed", "deceased"]),
    birth_year=st.none() | st.integers(1950, 2012),
    has_loan=st.booleans(),
    in_arrears=st.booleans(),
    reachable=st.sampled_from([True, True, True, False]),
    agrees=st.sampled_from([True, True, True, False]),
    language=st.sampled_from(["en", "fr", "sw", ""]),
    busy=st.sampled_from([False, False, False, True]),
    history=histories,
    born_on=st.none() | st.dates(date(1950, 1, 1), date(2012, 1, 1)),
    works_here=st.sampled_from([False, False, False, True]),
)


@given(st.lists(candidates, max_size=8), st.sampled_from(SURVEYS))
def test_nobody_is_invited_against_a_rule(crowd: list[Candidate], survey: str) -> None:
    chosen = eligible(crowd, survey=survey, signed=SIGNED, rules=RULES, now=NOW)
    assert chosen == [
        each for each in crowd if why_not(each, survey=survey, signed=SIGNED, rules=RULES, now=NOW) is None
    ]
    for each in chosen:
        assert (each.status, each.reachable, each.agrees, each.busy) == ("active", True, True, False)
        assert each.address is not None
        assert each.language in SIGNED
        assert not each.works_here
        known = each.born_on or (date(each.birth_year, 12, 31) if each.birth_year else None)
        assert known is None or known <= date(2008, 11, 24)
        assert survey not in {"debt_stress", "client_outcomes"} or known is not None
        assert survey != "client_exit" or not each.has_loan
        assert survey != "debt_stress" or each.has_loan
        ages = [NOW - at for at in each.history.invited_at]
        assert all(age >= timedelta(days=21) for age in ages)
        assert sum(age < YEAR for age in ages) < RULES.max_per_year
        own = [NOW - past.at for past in each.history.asked if past.survey == survey]
        least = RULES.cool_downs.get(survey, 0) * WEEK - timedelta(hours=72)
        assert all(age >= least for age in own)


@given(candidates, st.sampled_from(SURVEYS))
def test_being_in_arrears_never_decides(candidate: Candidate, survey: str) -> None:
    late, good = (
        why_not(replace(candidate, in_arrears=arrears), survey=survey, signed=SIGNED, rules=RULES, now=NOW)
        for arrears in (True, False)
    )
    assert late is good


@given(candidates, st.sampled_from(SURVEYS), st.integers(0, 104))
def test_client_is_asked_at_most_once_in_a_cool_down(candidate: Candidate, survey: str, weeks: int) -> None:
    """Whoever is invited now is not invited to the same survey again before its time."""
    again = NOW + weeks * WEEK
    invited = History((Asked(survey, NOW), *candidate.history.asked))
    later = why_not(replace(candidate, history=invited), survey=survey, signed=SIGNED, rules=RULES, now=again)
    if weeks * WEEK < RULES.cool_downs.get(survey, 3) * WEEK - timedelta(hours=72):
        assert later is not None
