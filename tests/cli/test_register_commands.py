"""The institution's lists on the command line: coming in, being refused, and what they tell of the loans."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from spm_bot.app import opened
from spm_bot.settings import load_settings
from spm_bot.storage.store import Connection
from tests.cli.conftest import Give
from tests.seed import hire

HEADING = "client_id,branch,full_name,phone,product,loan_id,outstanding_principal,days_in_arrears,officer"
TODAY = datetime.now(ZoneInfo("Africa/Nairobi")).date()
WHOLE = "--allow-closing if they have really left, --partial if it is only a part"
OF_WHICH = "(--as-of says of which day they are)"
NOTHING = {"added": 0, "changed": 0, "closed": 0}


def events(give: Give) -> list[str]:
    return [row["event"] for row in give("audit", "list", "--json").data]


def write(file: Path, *lines: str) -> None:
    file.write_text("\n".join([HEADING, *lines, ""]), encoding="utf-8")


@pytest.fixture
def five(register: Path) -> Path:
    """A list of five clients with a loan each."""
    write(
        register,
        *(f"C{each},BUN,Asha No{each},,business_loan,L{each},{each}00,0,LO-1" for each in range(1, 6)),
    )
    return register


def test_import_says_what_it_did_and_repeats_without_effect(give: Give, register: Path) -> None:
    import_it = ("register", "import", register.name)
    first = give(*import_it, "--json").data
    assert "no column area: figures by town and country are not available" in first.pop("notes")
    assert first == {
        "as_of": TODAY.isoformat(),
        "read": 3,
        "added": 3,
        "changed": 0,
        "closed": 0,
        "unchanged": 0,
        "forgotten": 0,
        "loans": {"added": 2, "changed": 0, "closed": 0},
        "staff": NOTHING,
        "facts": 0,
        "deceased": [],
        "refused": [],
    }
    again = give(*import_it)
    assert (again.status, again.out) == (0, "")
    assert again.err.splitlines()[0] == "3 clients read, 0 added, 0 changed, 0 closed"
    assert events(give) == ["register_imported", "register_imported"]


def test_dry_run_tells_row_by_row_and_writes_nothing(give: Give, five: Path) -> None:
    before = give("register", "import", five.name, "--dry-run")
    assert before.out.splitlines()[0] == "client C1: added; loan L1 added"
    assert events(give) == []
    assert give("clients", "invite", "--json").status == 1
    give("register", "import", five.name)
    write(
        five,
        "C1,BUS,Asha Neema,,business_loan,L1,100,12,LO-1",
        "C2,BUN,Asha No2,,,,,,LO-1",
        *(f"C{each},BUN,Asha No{each},,business_loan,L{each},{each}00,0,LO-1" for each in (3, 4)),
        "C9,BUN,Zuhura,,,,,,",
    )
    later = give("register", "import", five.name, "--dry-run", "--allow-closing")
    assert (later.status, later.out.splitlines()) == (
        0,
        [
            "client C1: changed (name, branch); loan L1 changed (branch, days_in_arrears)",
            "client C2: changed (product, loan_method); loan L2 closed (not in the list)",
            "client C9: added",
            "client C5: closed (not in the list); loan L5 closed (not in the list)",
        ],
    )
    assert later.err.splitlines()[:2] == [
        "5 clients read, 1 added, 2 changed, 1 closed",
        "loans, 0 added, 1 changed, 2 closed",
    ]
    as_data = give("register", "import", five.name, "--dry-run", "--allow-closing", "--json").data
    assert as_data["changes"][0] == {
        "what": "client",
        "code": "C1",
        "becomes": "changed",
        "fields": ["name", "branch"],
        "loans": [
            {"what": "loan", "code": "L1", "becomes": "changed", "fields": ["branch", "days_in_arrears"]}
        ],
    }
    assert (as_data["added"], as_data["changed"], as_data["closed"]) == (1, 2, 1)
    assert events(give) == ["register_imported"]


def test_list_that_shrinks_needs_a_word(give: Give, five: Path) -> None:
    give("register", "import", five.name)
    write(
        five, *(f"C{each},BUN,Asha No{each},,business_loan,L{each},{each}00,0,LO-1" for each in range(1, 4))
    )
    refused = give("register", "import", five.name)
    assert (refused.status, refused.out, refused.err) == (
        1,
        "",
        f"spm-bot: 2 of 5 active clients would be gone (2 missing in the list, 0 ended by it): {WHOLE}\n",
    )
    closed = [f"C{each},BUN,Asha No{each},closed" for each in range(1, 6)]
    five.write_text("\n".join(["client_id,branch,full_name,status", *closed, ""]), encoding="utf-8")
    part = give("register", "import", five.name, "--partial")
    assert (part.status, part.err) == (
        1,
        (
            "spm-bot: 5 of 5 active clients would be gone (0 missing in the list, 5 ended by it):"
            " --allow-closing if they have really left\n"
        ),
    )
    write(
        five, *(f"C{each},BUN,Asha No{each},,business_loan,L{each},{each}00,0,LO-1" for each in range(1, 4))
    )
    part = give("register", "import", five.name, "--partial", "--json").data
    assert (part["closed"], part["unchanged"]) == (0, 3)
    allowed = give("register", "import", five.name, "--allow-closing", "--json").data
    assert (allowed["closed"], allowed["loans"]["closed"]) == (2, 2)


@pytest.mark.parametrize(
    ("day", "complaint"),
    [
        ("yesterday", "'yesterday' is not a day: write it as 2026-11-20"),
        (
            str(TODAY + timedelta(days=1)),
            f"the lists are of {TODAY + timedelta(days=1)}, and that day is still to come {OF_WHICH}",
        ),
        (
            "2020-01-01",
            f"the lists are of 2020-01-01, and the register already holds clients of {TODAY} {OF_WHICH}",
        ),
    ],
)
def test_lists_of_no_day_or_the_wrong_one(give: Give, five: Path, day: str, complaint: str) -> None:
    give("register", "import", five.name)
    result = give("register", "import", five.name, "--as-of", day)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
    assert events(give) == ["register_imported"]


def test_portfolio_tells_each_currency_by_itself(give: Give, five: Path) -> None:
    assert give("register", "portfolio").err == (
        "spm-bot: no portfolio was kept yet: it is kept of each day of a whole list of loans\n"
    )
    earlier = TODAY - timedelta(days=7)
    give("register", "import", five.name, "--as-of", str(earlier))
    write(
        five,
        "C1,BUN,Asha No1,,business_loan,L1,100,45,LO-1",
        "C2,BUN,Asha No2,,business_loan,L2,200,0,LO-2",
        "C3,BUS,Asha No3,,group_loan,L3,100,0,LO-2",
        *(f"C{each},BUN,Asha No{each},,business_loan,L{each},0,0,LO-1" for each in (4, 5)),
    )
    give("register", "import", five.name)
    newest = give("register", "portfolio", "--by", "officer")
    assert (newest.status, newest.err) == (0, f"as of {TODAY}\n")
    assert newest.out.splitlines() == [
        "officer  currency  loans  outstanding  overdue30  par30   restructured  written_off",
        "LO-1     KES       3      100.0        100.0      100.0%  0.0           0.0",
        "LO-2     KES       2      300.0        0.0        0.0%    0.0           0.0",
    ]
    before = give("register", "portfolio", "--as-of", str(earlier), "--json").data
    assert before == {
        "as_of": str(earlier),
        "portfolio": [
            {
                "currency": "KES",
                "loans": 5,
                "outstanding": 1500.0,
                "overdue30": 0.0,
                "par30": 0.0,
                "restructured": 0.0,
                "written_off": 0.0,
            }
        ],
    }
    none = give("register", "portfolio", "--as-of", "2020-01-01")
    assert (
        none.err
        == "spm-bot: no portfolio was kept of 2020-01-01: it is kept of each day of a whole list of loans\n"
    )


def test_lists_that_do_not_tell_all_loans_keep_no_portfolio(give: Give, five: Path) -> None:
    earlier = TODAY - timedelta(days=7)
    give("register", "import", five.name, "--as-of", str(earlier))
    write(five, *(f"C{each},BUN,Asha No{each},,business_loan,L{each},900,0,LO-1" for each in (1, 2)))
    part = give("register", "import", five.name, "--partial")
    told = f"no portfolio is kept of {TODAY}: the lists do not tell all loans (3 are of before)"
    assert (part.status, part.err.splitlines()[-1]) == (0, told)
    assert give("register", "portfolio").err == f"as of {earlier}\n"
    lines = [f"C{each},BUN,Asha No{each}" for each in range(1, 6)]
    five.write_text("\n".join(["client_id,branch,full_name", *lines, ""]), encoding="utf-8")
    assert told in give("register", "import", five.name).err
    assert give("register", "portfolio").err == f"as of {earlier}\n"


async def test_roles_that_the_new_list_of_staff_does_not_reach_are_told(give: Give, home: Path) -> None:
    def invite(connection: Connection) -> None:
        hire(connection, "telegram:1", role="loan_officer")

    async with opened(load_settings()) as store:
        await store.write(invite)
    (home / "staff.csv").write_text("staff_id,full_name\nS1,Neema\n", encoding="utf-8")
    told = "role 1 (loan_officer): on no list of staff: revoke it, or have them open a new link"
    tried = await asyncio.to_thread(give, "register", "import", "staff.csv", "--dry-run")
    assert told not in tried.err
    result = await asyncio.to_thread(give, "register", "import", "staff.csv")
    assert (result.status, result.err.splitlines()[-1]) == (0, told)
    assert (await asyncio.to_thread(give, "doctor")).err.count(f"MEND  roles: {told}\n") == 1


def test_doctor_names_a_branch_that_the_institution_file_lost(give: Give, five: Path, home: Path) -> None:
    give("register", "import", five.name)
    file = home / "institution.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["branches"] = [branch for branch in content["branches"] if branch["code"] != "BUN"]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert "MEND  branches: BUN: 5 active clients, and not in the institution file\n" in give("doctor").err


def test_refused_rows_are_data_too(give: Give, five: Path) -> None:
    write(five, *(f"C{each},XXX,Asha,,business_loan,L{each},100,0,LO-1" for each in range(1, 31)))
    refused = give("register", "import", five.name, "--json")
    assert (refused.status, list(refused.data), len(refused.data["refused"])) == (1, ["refused"], 30)
    assert refused.data["refused"][0].startswith("clients.csv:2: B (branch): 'XXX' ")
    assert events(give) == []


def test_row_with_a_mistake_refuses_the_whole_import(give: Give, five: Path) -> None:
    give("register", "import", five.name)
    lines = [f"C{each},XXX,Asha,,business_loan,L{each},100,0,LO-1" for each in range(1, 31)]
    write(five, *lines)
    refused = give("register", "import", five.name)
    told = refused.err.splitlines()
    assert (refused.status, refused.out, len(told)) == (1, "", 22)
    assert told[0].startswith("spm-bot: clients.csv:2: B (branch): 'XXX' ")
    assert told[20:] == [
        "spm-bot: and 10 more",
        "spm-bot: nothing is imported: mend these rows, or leave them out with --skip-refused",
    ]
    assert events(give) == ["register_imported"]


def test_refused_rows_are_left_out_and_nobody_in_them_is_closed(give: Give, five: Path) -> None:
    give("register", "import", five.name)
    write(
        five,
        *(f"C{each},BUN,Asha No{each},,business_loan,L{each},{each}00,0,LO-1" for each in (1, 2)),
        *(f"C{each},XXX,Asha No{each},,business_loan,L{each},{each}00,0,LO-1" for each in (3, 4, 5)),
        "C6,BUN,Zuhura,,,,,,",
    )
    tried = give("register", "import", five.name, "--dry-run")
    assert (tried.status, tried.out.splitlines()[-1]) == (1, "client C6: added")
    assert tried.out.startswith("refused: clients.csv:4: B (branch): 'XXX' ")
    assert tried.err.endswith(
        "spm-bot: 3 rows are refused: mend them, or leave them out with --skip-refused\n"
    )
    skipped = give("register", "import", five.name, "--skip-refused", "--json")
    found = skipped.data
    assert (skipped.status, len(found["refused"])) == (0, 3)
    assert (found["added"], found["closed"], found["loans"]["closed"]) == (1, 0, 0)


def test_nobody_is_closed_while_a_refused_row_may_be_anybodys(give: Give, five: Path) -> None:
    give("register", "import", five.name)
    write(
        five,
        *(f"C{each},BUN,Asha No{each},,business_loan,L{each},{each}00,0,LO-1" for each in range(1, 5)),
        ",BUN,Asha No5,,,,,,",
    )
    result = give("register", "import", five.name, "--skip-refused")
    assert result.status == 0
    assert result.err.startswith("4 clients read, 0 added, 0 changed, 0 closed\n")
    assert "nobody is closed: 1 refused rows have no code, and anybody may be in them\n" in result.err


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("client_id,branch\nC1,BUN\n", "clients.csv:1: "),
        ("", "clients.csv"),
    ],
    ids=["no name", "nothing"],
)
def test_file_that_is_no_list_is_refused_in_a_line(
    give: Give, register: Path, content: str, complaint: str
) -> None:
    register.write_text(content, encoding="utf-8")
    result = give("register", "import", register.name)
    assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert result.err.startswith(f"spm-bot: {complaint}")


def test_mapping_file_is_written_once_and_used(give: Give, five: Path, home: Path) -> None:
    five.write_text("Numero,Branch,Full name\nC1,BUN,Asha\n", encoding="utf-8")
    written = give("register", "import", five.name, "--save-map", "map.yaml")
    assert (written.status, written.out) == (0, "")
    assert written.err == "map.yaml is written: look through it, then import with --map map.yaml\n"
    again = give("register", "import", five.name, "--save-map", "map.yaml")
    assert (again.status, again.err) == (1, "spm-bot: map.yaml: file exists\n")
    (home / "map.yaml").write_text("columns:\n  client_id: Numero\n", encoding="utf-8")
    assert give("register", "import", five.name, "--map", "map.yaml", "--json").data["added"] == 1
    missing = give("register", "import", five.name, "--map", "none.yaml")
    assert (missing.status, missing.err) == (1, "spm-bot: none.yaml: no such file or directory\n")


def test_several_lists_come_in_together(give: Give, home: Path) -> None:
    (home / "clients.csv").write_text(
        "client_id,branch,full_name,phone\nC1,BUN,Asha One,+254711000001\nC2,BUN,Baraka,+254711000002\n",
        encoding="utf-8",
    )
    (home / "loans.csv").write_text(
        "loan_id,client_id,product,outstanding_principal\nL1,C1,business_loan,100\nL2,C1,group_loan,50\n",
        encoding="utf-8",
    )
    (home / "staff.csv").write_text(
        "staff_id,full_name,phone,role\nS1,Neema,+254711000002,cashier\n", encoding="utf-8"
    )
    (home / "branches.csv").write_text("branch,month,new_clients\nBUN,2026-10,7\n", encoding="utf-8")
    files = ("clients.csv", "loans.csv", "staff.csv", "branches.csv")
    found = give("register", "import", *files, "--json").data
    assert (found["added"], found["loans"]["added"], found["staff"]["added"], found["facts"]) == (2, 2, 1, 1)
    told = give("register", "import", *files).err.splitlines()
    assert told[0] == "2 clients read, 0 added, 0 changed, 0 closed"
    assert "1 staff read, 0 added, 0 changed, 0 closed" in told
    assert "1 facts of branches read, 0 new or changed" in told


def test_list_of_clients_alone_leaves_loans_and_phones_as_they_are(give: Give, five: Path) -> None:
    give("register", "import", five.name)
    lines = [f"C{each},BUN,Asha No{each}" for each in range(1, 6)]
    five.write_text("\n".join(["client_id,branch,full_name", *lines, ""]), encoding="utf-8")
    found = give("register", "import", five.name, "--json").data
    assert (found["unchanged"], found["loans"]) == (5, NOTHING)
