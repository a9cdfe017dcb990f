"""Who lives in the demo."""

from __future__ import annotations

from collections import Counter

import pytest

from spm_bot.demo.cast import SMALL, Member, members, sizes
from spm_bot.institution import Institution, load
from tests.demo.conftest import EXAMPLE


@pytest.fixture
def institution() -> Institution:
    return load(EXAMPLE)


def stressed(cast: tuple[Member, ...], branch: str, *, hard_times: bool) -> float:
    borrowers = [member for member in cast if member.branch == branch and member.has_loan]
    return sum(member.stressed(hard_times=hard_times) for member in borrowers) / len(borrowers)


def test_sizes_add_up_and_end_with_two_small_branches() -> None:
    for clients in (120, 121, 500, 1200, 1201):
        found = sizes(10, clients)
        assert (len(found), sum(found), found[-2:]) == (10, clients, [SMALL, SMALL])
        assert max(found) == found[0]


@pytest.mark.parametrize(("branches", "clients"), [(3, 1200), (10, 119), (101, 1200)])
def test_sizes_of_too_few_are_refused(branches: int, clients: int) -> None:
    with pytest.raises(ValueError, match="the demo needs four branches and 12 clients for each of them"):
        sizes(branches, clients)


def test_members_of_the_default_size_are_what_the_demo_promises(institution: Institution) -> None:
    cast = members(institution, clients=1200, seed=7)
    by_branch = Counter(member.branch for member in cast)
    assert len(cast) == 1200
    assert [branch.code for branch in institution.branches] == list(by_branch)
    assert [branch for branch, size in by_branch.items() if size == SMALL] == ["SIA", "WEB"]
    assert {member.product.method for member in cast} == {"group", "individual"}
    assert len({member.product.code for member in cast}) == 3


def test_stress_rises_from_15_to_50_in_100_in_the_first_branch_only(institution: Institution) -> None:
    cast = members(institution, clients=1200, seed=7)
    calm = {branch: round(stressed(cast, branch, hard_times=False), 1) for branch in ("BUN", "BUS", "NAK")}
    hard = {branch: round(stressed(cast, branch, hard_times=True), 1) for branch in ("BUN", "BUS", "NAK")}
    assert abs(stressed(cast, "BUN", hard_times=False) - 0.15) < 0.03
    assert abs(stressed(cast, "BUN", hard_times=True) - 0.50) < 0.03
    assert {branch: share for branch, share in hard.items() if calm[branch] != share} == {"BUN": 0.5}


def test_arrears_follow_stress_and_par30_is_about_4_in_100(institution: Institution) -> None:
    rows = [
        member.row(currency="KES", hard_times=False, weeks_left=0)
        for member in members(institution, clients=1200, seed=7)
    ]
    loans = [loan for row in rows for loan in row.loans]
    book = sum(loan.outstanding for loan in loans)
    late = sum(loan.outstanding for loan in loans if loan.days_in_arrears > 30)
    assert 0.02 < late / book < 0.06
    cast = [member for member in members(institution, clients=1200, seed=7) if member.has_loan]
    heavy = [m.days_late(hard_times=False) > 0 for m in cast if m.stressed(hard_times=False)]
    light = [m.days_late(hard_times=False) > 0 for m in cast if not m.stressed(hard_times=False)]
    assert sum(heavy) / len(heavy) > 2 * sum(light) / len(light)


def test_members_without_a_loan_owe_nothing(institution: Institution) -> None:
    cast = members(institution, clients=400, seed=3)
    savers = [
        member.row(currency="KES", hard_times=True, weeks_left=0) for member in cast if not member.has_loan
    ]
    assert savers
    assert {(row.product, row.loans, row.days_in_arrears) for row in savers} == {("", (), 0)}


def test_loans_that_end_stay_in_the_list_as_closed(institution: Institution) -> None:
    cast = [each for each in members(institution, clients=400, seed=3) if each.paid_back is not None]
    paying = [each for each in cast if each.has_loan]
    assert 0 < len(paying) < 60
    for member in paying:
        before = member.row(currency="KES", hard_times=False, weeks_left=52)
        after = member.row(currency="KES", hard_times=False, weeks_left=0)
        assert (before.loans[0].status, before.product) == ("active", member.product.code)
        assert (after.loans[0].status, after.product, after.loans[0].outstanding) == ("closed", "", 0.0)


def test_members_come_from_the_seed_alone(institution: Institution) -> None:
    first = members(institution, clients=150, seed=1)
    assert first == members(institution, clients=150, seed=1)
    assert first != members(institution, clients=150, seed=2)
