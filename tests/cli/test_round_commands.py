"""Commands about rounds: launching a standing one by hand obeys the rules of its weekly slot."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Give


def sign(give: Give, survey: str) -> None:
    for by in ("A. Wanjiru", "B. Otieno"):
        give("surveys", "sign", survey, "--language", "en", "--by", by)


def test_launch_invites_nobody_who_has_not_joined(give: Give, register: Path) -> None:
    give("register", "import", register.name)
    sign(give, "debt_stress")
    assert give("rounds", "list", "--json").data == []
    result = give("rounds", "launch", "stress", "--json")
    assert (result.status, result.data) == (0, {"round": "stress", "invited": 0})
    told = give("rounds", "launch", "stress")
    assert (told.status, told.out, told.err) == (
        0,
        "",
        "0 clients are invited; each gets the message at the first hour that is allowed\n",
    )
    listed = give("rounds", "list", "--json").data
    assert [(row["code"], row["survey"], row["origin"], row["state"], row["invited"]) for row in listed] == [
        ("stress", "debt_stress", "standing", "open", 0)
    ]
    newest = give("audit", "list", "--limit", "1", "--json").data[0]
    assert (newest["event"], newest["detail"]) == ("round_launched", "round=stress survey=debt_stress")


def test_launch_of_a_round_there_is_not(give: Give) -> None:
    result = give("rounds", "launch", "stres")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        "spm-bot: there is no round 'stres': the institution file has satisfaction, stress, outcomes\n",
    )


def test_launch_needs_a_signed_wording(give: Give) -> None:
    give("surveys", "sign", "debt_stress", "--language", "en", "--by", "A. Wanjiru")
    result = give("rounds", "launch", "stress")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        (
            "spm-bot: the wording of debt_stress is signed in no language: two people sign it with"
            " `spm-bot surveys sign debt_stress`\n"
        ),
    )
    assert give("rounds", "list", "--json").data == []


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (["helplines"], "helplines"),
        (["remedies"], "remedies"),
        (["helplines", "remedies"], "helplines and remedies"),
    ],
)
def test_launch_needs_somebody_who_can_help(give: Give, home: Path, missing: list[str], named: str) -> None:
    sign(give, "debt_stress")
    file = home / "institution.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8")) | {key: [] for key in missing}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    result = give("rounds", "launch", "stress")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        f"spm-bot: no survey can be started: {named} are empty in the institution file\n",
    )
