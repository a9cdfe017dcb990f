"""Yes, no and done, as people write them: replies to an echo, and the word that ends several picks."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from spm_bot.surveys.spelling import plain


class Assent(StrEnum):
    YES = "yes"
    NO = "no"
    DONE = "done"


_WORDS: Mapping[str, Mapping[Assent, str]] = MappingProxyType(
    {
        "en": {
            Assent.YES: "yes, y, yeah, yep, ok, okay, right, correct, yes it is, that is right",
            Assent.NO: "no, n, nope, wrong, not right, no it is not",
            Assent.DONE: "done, i am done, finished, that is all",
        },
        "fr": {
            Assent.YES: "oui, o, ouais, d'accord, c'est ça, exact, c'est juste",
            Assent.NO: "non, n, pas du tout, ce n'est pas ça, faux",
            Assent.DONE: "fini, terminé, j'ai fini, c'est fini, c'est tout",
        },
        "es": {
            Assent.YES: "sí, s, claro, correcto, así es, eso es, de acuerdo",
            Assent.NO: "no, n, incorrecto, no es así",
            Assent.DONE: "listo, hecho, terminado, ya terminé, eso es todo",
        },
        "sw": {
            Assent.YES: "ndiyo, ndio, naam, sawa, sawasawa, ndiyo hivyo, ni sawa, kweli",
            Assent.NO: "hapana, la, si, siyo, sio, si hivyo, si sawa, si kweli",
            Assent.DONE: "nimemaliza, tayari, maliza, basi, imekwisha",
        },
        "hi": {
            Assent.YES: (
                "हाँ, हा, जी, जी हाँ, हाँ जी, ठीक, ठीक है, सही, सही है, "
                "haan, han, ha, haa, ji, ji haan, haan ji, theek hai, thik hai, sahi, sahi hai"
            ),
            Assent.NO: (
                "नहीं, नही, ना, जी नहीं, गलत, गलत है, सही नहीं, "
                "nahi, nahin, nahee, na, ji nahi, ji nahin, galat, galat hai"
            ),
            Assent.DONE: "हो गया, बस, समाप्त, पूरा हुआ, ho gaya, bas, samapt",
        },
        "ar": {
            Assent.YES: (
                "نعم, اي, ايوه, ايوا, اجل, صح, صحيح, تمام, نعم صحيح, "
                "naam, na'am, aywa, aiwa, eywa, sah, sahih, tamam"
            ),
            Assent.NO: "لا, كلا, خطأ, غلط, ليس صحيحا, غير صحيح, la, laa, kalla, khata, ghalat",
            Assent.DONE: "تم, انتهيت, خلاص, خلصت, هذا كل شيء, tam, khalas, intahayt",
        },
    }
)

_MEANING: Mapping[str, Mapping[str, Assent]] = MappingProxyType(
    {
        language: {plain(word): assent for assent, words in listed.items() for word in words.split(", ")}
        for language, listed in _WORDS.items()
    }
)


def assent(text: str, *, language: str) -> Assent | None:
    """What `text` says when it stands alone: a word of this language, or one that means the same
    wherever it is one; a single letter counts in its own language only.
    """
    said = plain(text)
    own = _MEANING.get(language, {}).get(said)
    if own is not None or len(said) == 1:
        return own
    elsewhere = {listed[said] for listed in _MEANING.values() if said in listed}
    return elsewhere.pop() if len(elsewhere) == 1 else None
