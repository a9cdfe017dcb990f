from __future__ import annotations

from pathlib import Path

from spm_bot.registers.mapping import Mapping, load_mapping
from spm_bot.registers.proposal import suggested
from tests.registers.desk import read, write


def test_proposal_knows_what_it_can_and_reads_the_lists_it_was_made_of(tmp_path: Path) -> None:
    paths = (
        write(
            tmp_path,
            "Client No;Branch;Client name;Faith;Tel;Phone\n7;BUN;Nafula;x;0712345678;y\n",
            name="c.csv",
        ),
        write(tmp_path, "Loan No,Client No,Balance\nL1,7,100\n", name="l.csv"),
    )
    text = suggested(paths)
    assert load_mapping(text, name="map.yaml") == Mapping(
        columns={
            "client_id": "Client No",
            "branch": "Branch",
            "full_name": "Client name",
            "phone": "Tel",
            "loan_id": "Loan No",
            "outstanding_principal": "Balance",
        },
        ignore=("Faith", "Phone"),
    )
    reading = read(*paths, **load_mapping(text, name="map.yaml").model_dump())
    assert reading.refused == ()
    assert [row.phone for row in reading.register.clients or ()] == ["+254712345678"]


def test_proposal_says_what_is_missing_and_keeps_what_was_decided(tmp_path: Path) -> None:
    path = write(tmp_path, "Ref;Branch;Client name\n7;BUN;Nafula\n")
    text = suggested([path], mapping=Mapping(dates="dmy", ignore=("Shoe size",)))
    assert f"# Missing in {path}: client_id. Add it under columns." in text.splitlines()
    assert load_mapping(text, name="map.yaml") == Mapping(
        dates="dmy", columns={"branch": "Branch", "full_name": "Client name"}, ignore=("Shoe size", "Ref")
    )
