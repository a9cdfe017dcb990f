import warnings

from spm_bot.reports.sheet import Sheet


def test_width_grows_with_the_text() -> None:
    sheet = Sheet()
    assert 0 < sheet.width("Busia", size=11) < sheet.width("Busia market", size=11)


def test_cut_keeps_what_fits() -> None:
    sheet = Sheet()
    assert sheet.cut("Busia", size=11, room=900) == "Busia"
    short = sheet.cut("Bungoma Market Street", size=11, room=200)
    assert short.endswith("…")
    assert sheet.width(short, size=11) <= 200
    assert sheet.cut("Busia", size=11, room=1) == "…"


def test_wrapped_lines_fit() -> None:
    sheet = Sheet()
    lines = sheet.wrapped("Few answers: under thirty. In the order of names.", size=11, room=300)
    assert " ".join(lines) == "Few answers: under thirty. In the order of names."
    assert all(sheet.width(line, size=11) <= 300 for line in lines)
    assert len(lines) > 2


def test_name_that_looks_like_a_formula_is_written_as_it_is() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = Sheet()
        sheet.write("Cash$Loan$ \\frac", x=10, y=50, size=11)
        assert sheet.png(height=80).startswith(b"\x89PNG")
