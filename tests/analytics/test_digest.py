import pytest

from spm_bot.analytics.digest import Settings, from_json, to_json
from spm_bot.analytics.dimensions import Dimension
from tests.reports.samples import bare_digest, calm_digest, full_digest, hostile_digest


def test_digest_comes_back_from_its_json_as_it_was() -> None:
    for digest in (full_digest(), calm_digest(), bare_digest(), hostile_digest()):
        text = to_json(digest)
        assert from_json(text) == digest
        assert to_json(from_json(text)) == text


@pytest.mark.parametrize("text", ["", "{}", '{"layout": 1}'])
def test_json_of_something_else(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        from_json(text)


def test_settings_minimum_is_never_below_five() -> None:
    with pytest.raises(ValueError, match="never below 5, not 4"):
        Settings("Umoja", {}, "KES", minimum_cell=4)


def test_digest_is_asked_for_a_figure_or_a_table_by_its_code() -> None:
    digest = full_digest()
    assert digest.figure("DST5") == digest.figures[0]
    assert digest.figure("none") is None
    assert digest.branches == digest.rows(Dimension.BRANCH, "DST5")
    assert digest.rows(Dimension.AREA, "DST5") == ()
