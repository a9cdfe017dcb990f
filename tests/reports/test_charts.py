import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from gettext import NullTranslations

import matplotlib as mpl
import pytest

from spm_bot.analytics.digest import Digest, from_json, to_json
from spm_bot.analytics.windows import Window
from spm_bot.reports.charts import branches_picture
from spm_bot.texts import Voice, voice

Composed = Callable[..., Digest]

ENGLISH = voice("en")
MIXED = {
    "BGM": (25, 50, 7, 50),
    "BSA": (13, 26, 0, 0),
    "KSM": (12, 80, 13, 82),
    "NKR": (0, 20, 30, 40),
    "SYA": (10, 17, 9, 18),
    "KIT": (4, 8, 2, 8),
    "ELD": (4, 12, 2, 18),
    "KER": (19, 19, 20, 21),
}
NAMES = {code: f"{code} Branch" for code in MIXED}


class Heard(NullTranslations):
    """Keeps every sentence it is asked for, filled or not."""

    def __init__(self) -> None:
        super().__init__()
        self.sentences: list[str] = []

    def gettext(self, message: str) -> str:
        self.sentences.append(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.sentences.append(msgid2)
        return msgid2


class Telling(Voice):
    """Keeps what was said in its catalogue, with the places filled."""

    def say(self, sentence: str, /, **values: object) -> str:
        said = super().say(sentence, **values)
        assert isinstance(self.catalogue, Heard)
        self.catalogue.sentences[-1] = said
        return said


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def mixed(composed: Composed, **changes: object) -> Digest:
    given: dict[str, object] = {"week": "2026-W44", "stress": MIXED, "names": NAMES}
    return composed(**(given | changes))


def test_picture_is_the_same_for_the_same_digest(composed: Composed) -> None:
    digest = mixed(composed, limits={"DST5": 0.15})
    first = branches_picture(digest, ENGLISH)
    with mpl.rc_context({"savefig.bbox": "tight", "lines.linewidth": 9, "font.size": 40}):
        second = branches_picture(from_json(to_json(digest)), ENGLISH)
    assert first == second
    assert b"Software" not in first


def test_picture_size(composed: Composed) -> None:
    """Wide enough for a phone, and about as high as wide with eight branches, so a chat shrinks it little."""
    plain = size(branches_picture(mixed(composed), ENGLISH))
    limited = size(branches_picture(mixed(composed, limits={"DST5": 0.15}), ENGLISH))
    one = size(branches_picture(mixed(composed, scope="KSM"), ENGLISH))
    assert (plain[0], limited[0], one[0]) == (1080, 1080, 1080)
    assert one[1] < 700 < plain[1] < limited[1] < 1400


def test_picture_is_no_higher_for_long_names(composed: Composed) -> None:
    names = {code: f"{code} Market Street and the Surrounding Villages $1 $2" for code in MIXED}
    calm = {code: (counts[2], counts[3], counts[2], counts[3]) for code, counts in MIXED.items()}
    assert size(branches_picture(mixed(composed, names=names, stress=calm), ENGLISH)) == size(
        branches_picture(mixed(composed, stress=calm), ENGLISH)
    )


def test_picture_counts_the_branches_it_cannot_name(composed: Composed) -> None:
    names = {f"B{place}": f"Branch {place}" for place in range(5)}
    heard = Heard()
    digest = composed(week="2026-W44", names=names, stress=dict.fromkeys(names, (30, 60, 10, 60)))
    branches_picture(digest, Voice("en", heard))
    assert "%(n)s branches" in heard.sentences


def test_picture_of_a_hidden_branch_shows_nothing_of_it(composed: Composed) -> None:
    """Whatever the eight who answered said, the picture is the same to the byte."""
    names = {"BGM": "Bungoma", "KSM": "Kisumu", "SYA": "Siaya"}
    others = {"BGM": (25, 50, 7, 50), "KSM": (12, 80, 13, 82)}
    pictures = {
        branches_picture(
            composed(week="2026-W44", names=names, stress=others | {"SYA": (hits, 8, 1, 8)}), ENGLISH
        )
        for hits in (0, 4, 8)
    }
    assert len(pictures) == 1


FINDINGS = {
    "worse": ("2026-W44", {"BGM": (25, 50, 7, 50), "KSM": (12, 80, 13, 82)}),
    "better": ("2026-W44", {"BGM": (7, 50, 25, 50), "KSM": (12, 80, 13, 82)}),
    "no clear change": ("2026-W44", {"BGM": (7, 50, 7, 50), "KSM": (12, 80, 13, 82)}),
    "too few for a verdict": ("2026-W44", {"BGM": (7, 20, 7, 20), "KSM": (12, 20, 13, 22)}),
    "between": ("2026-W45", {"BGM": (25, 50, 7, 50), "KSM": (12, 80, 13, 82)}),
    "nothing": ("2026-W45", {}),
}


@pytest.mark.parametrize(
    ("case", "title"),
    [
        ("worse", "Debt stress is clearly worse in %(branches)s"),
        ("better", "Debt stress is clearly better in %(branches)s"),
        ("no clear change", "No branch shows a clear change in debt stress"),
        ("too few for a verdict", "No branch has enough answers for a verdict yet"),
        ("between", "Debt stress: %(value)s, all branches together"),
        ("nothing", "Debt stress: %(value)s, all branches together"),
    ],
)
def test_picture_title_says_the_finding(composed: Composed, case: str, title: str) -> None:
    week, stress = FINDINGS[case]
    heard = Heard()
    names = {"BGM": "Bungoma", "KSM": "Kisumu"}
    png = branches_picture(composed(week=week, stress=stress, names=names), Voice("en", heard))
    assert title in heard.sentences
    assert size(png)[0] == 1080


def test_picture_of_many_branches_stays_within_what_a_chat_takes(composed: Composed) -> None:
    names = {f"B{place:03}": f"Branch {place:03}" for place in range(90)}
    stress = dict.fromkeys(names, (20, 40, 5, 40))
    width, height = size(branches_picture(composed(week="2026-W44", names=names, stress=stress), ENGLISH))
    assert width + height < 10_000


def test_picture_in_a_wordy_language_wraps_its_legend(composed: Composed) -> None:
    class Wordy(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"{message} et encore" if message.startswith("these 13") else message

    plain = size(branches_picture(mixed(composed), ENGLISH))
    wordy = size(branches_picture(mixed(composed), Voice("fr", Wordy())))
    assert wordy == (1080, plain[1] + 42)


def test_picture_leaves_pyplot_alone() -> None:
    """pyplot keeps figures in a global and may look for a screen."""
    script = "import sys, spm_bot.reports.charts; print('matplotlib.pyplot' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("week", ["2026-W44", "2026-W45"])
def test_picture_names_the_weeks_of_its_branches(composed: Composed, week: str) -> None:
    """Between two months the branches stand, and with them the weeks beneath the title."""
    heard = Heard()
    branches_picture(composed(week=week), Telling("en", heard))
    assert "13 weeks, 3 Aug–1 Nov 2026" in heard.sentences


def test_picture_names_the_weeks_of_a_branch_that_stands(composed: Composed) -> None:
    digest = mixed(composed)
    older = replace(digest.branches[0], window=Window("2026-W28", "2026-W40"))
    heard = Heard()
    branches_picture(replace(digest, branches=(older, *digest.branches[1:])), Telling("en", heard))
    assert [told for told in heard.sentences if told.startswith("until")] == ["until 4 Oct"]
