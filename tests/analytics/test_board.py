from dataclasses import replace

from spm_bot.analytics.board import Outreach, OutreachCount, Safeguards, outreach, safeguards

COUNT = OutreachCount(
    clients=1000,
    gender_known=900,
    women=600,
    area_known=500,
    rural=300,
    age_known=800,
    under_30=200,
    poverty={"Poorest": 50, "poor": 100, "other": 250},
    cycle_known=400,
    first_time=100,
    borrowers=500,
    outstanding=30_000_000.0,
)


def test_outreach_is_of_those_of_whom_the_list_tells() -> None:
    assert outreach(COUNT, emergency_amount=15_000, minimum=10, poor=("poorest", "POOR")) == Outreach(
        clients=1000,
        women=600 / 900,
        rural=0.6,
        under_30=0.25,
        poor=150 / 400,
        poor_known=400,
        first_time=0.25,
        balance_ratio=60_000 / 300_000,
    )


def test_outreach_says_nothing_of_few_nor_of_bands_without_a_meaning() -> None:
    few = replace(
        COUNT, gender_known=9, area_known=0, age_known=9, cycle_known=9, borrowers=9, poverty={"poor": 9}
    )
    nothing = Outreach(1000, None, None, None, None, 9, None, None)
    assert outreach(few, emergency_amount=15_000, minimum=10, poor=("poor",)) == nothing
    assert outreach(COUNT, emergency_amount=15_000, minimum=10).poor is None


def test_safeguards_tell_only_of_enough() -> None:
    assert safeguards(10, minimum=10) == Safeguards(10, None, None, None)
    assert safeguards(9, minimum=10) == Safeguards(None, None, None, None)
