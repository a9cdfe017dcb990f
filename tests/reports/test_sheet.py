import pytest

from spm_bot.reports.sheet import Sheet, legible


def test_width_grows_with_the_text() -> None:
    sheet = Sheet()
    assert 0 < sheet.width("Busia", size=11) < sheet.width("Busia market", size=11)


def test_cut_keeps_what_fits() -> None:
    sheet = Sheet()
    assert sheet.cut("Busia", size=11, room=900) == "Busia"
    short = sheet.cut("Bungoma Market Street", size=11, room=200)
    assert short.endswith("…")
    assert 150 < sheet.width(short, size=11) <= 200
    assert sheet.cut("Busia", size=11, room=1) == "…"


def test_cut_of_a_long_text_fits() -> None:
    sheet = Sheet()
    assert sheet.width(sheet.cut("word " * 900, size=11, room=300), size=11) <= 300


def test_wrapped_lines_fit() -> None:
    sheet = Sheet()
    lines = sheet.wrapped("Few answers: under thirty. In the order of names.", size=11, room=300)
    assert " ".join(lines) == "Few answers: under thirty. In the order of names."
    assert all(sheet.width(line, size=11) <= 300 for line in lines)
    assert len(lines) > 2


@pytest.mark.parametrize(
    "text", ["कर्ज़ का दबाव ₹", "عبء الديون ٪", "Ñandú à Đà Nẵng – “19”…", "Cash$Loan$ \\frac"]
)
def test_text_is_drawn_as_it_is(text: str) -> None:
    """A glyph that were missing would warn, and a warning is an error here."""
    assert legible(text) == text
    sheet = Sheet()
    sheet.write(text, x=10, y=50, size=11)
    sheet.write(text, x=10, y=50, size=11, weight="bold")
    assert sheet.png(height=80).startswith(b"\x89PNG")


def test_what_no_font_can_draw_is_marked() -> None:
    assert legible("Bank 🏦 ខ្មែរ\nline\x00") == "Bank \ufffd " + "\ufffd" * 5 + " line"


def test_right_to_left_is_a_mirror() -> None:
    left, right, drawn = Sheet("en"), Sheet("ar"), []
    for sheet in (left, right):
        sheet.bar(left=0, right=540, y=40, thick=20, color="black")
        drawn.append(sheet.png(height=80))
    mirrored = Sheet("en")
    mirrored.bar(left=1080, right=540, y=40, thick=20, color="black")
    assert drawn[0] != drawn[1] == mirrored.png(height=80)
