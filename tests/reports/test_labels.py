import pytest

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.commitments import Lever, Outcome
from spm_bot.analytics.digest import Remark
from spm_bot.analytics.dimensions import UNKNOWN, Arrears, Cycle, Dimension, Tenure
from spm_bot.analytics.quadrants import Corner
from spm_bot.analytics.quality import Reach, ReachRow
from spm_bot.reports import labels
from spm_bot.texts import voice

ENGLISH = voice("en")


def test_every_dimension_and_band_has_a_name() -> None:
    assert len({labels.dimension(found, ENGLISH) for found in Dimension}) == len(Dimension)
    bands = {Dimension.ARREARS: Arrears, Dimension.TENURE: Tenure, Dimension.CYCLE: Cycle}
    names = [labels.code_name(found, code, ENGLISH) for found, codes in bands.items() for code in codes]
    assert len(set(names)) == 9
    assert not set(names) & {code for codes in bands.values() for code in codes}


@pytest.mark.parametrize(
    ("dimension", "row", "name"),
    [
        (Dimension.BRANCH, Row("BGM", "Bungoma", False), "Bungoma"),
        (Dimension.BRANCH, Row("BGM", "Bungoma\n\u202e", False), "Bungoma"),
        (Dimension.PRODUCT, Row("agri", "", False), "agri"),
        (Dimension.PRODUCT, Row(UNKNOWN, "", False), "not known"),
        (Dimension.LANGUAGE, Row("sw", "sw", False), "Kiswahili"),
        (Dimension.GENDER, Row("female", "female", False), "women"),
        (Dimension.LOAN_METHOD, Row("group", "group", False), "group loan"),
        (Dimension.AREA, Row("rural", "rural", False), "in the country"),
    ],
)
def test_name_of_a_row(dimension: Dimension, row: Row, name: str) -> None:
    assert labels.row_name(dimension, row, ENGLISH) == name


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (ReachRow(Reach.ALL, "", "", 90), "All clients"),
        (ReachRow(Reach.BRANCH, "BGM", "Bungoma", 90), "Bungoma"),
        (ReachRow(Reach.ARREARS, "to_30", "to_30", 90), "1 to 30 days late"),
    ],
)
def test_whose_response_a_line_tells(row: ReachRow, name: str) -> None:
    assert labels.reach_name(row, ENGLISH) == name


def test_every_word_is_said() -> None:
    assert [labels.corner(found, ENGLISH) for found in Corner] == [str(found) for found in Corner]
    assert len({labels.lever(found, ENGLISH) for found in Lever}) == len(Lever)
    assert [labels.outcome(found, ENGLISH) for found in (*Outcome, None)] == [
        "met",
        "not met",
        "unclear",
        "open",
    ]
    assert all(labels.remark(found, ENGLISH).endswith(".") for found in Remark)
    assert len({labels.reach(found, ENGLISH) for found in Reach}) == len(Reach)
