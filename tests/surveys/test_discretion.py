"""Words that tell too much: found in their natural forms, whole, in each language; neutral ones are not."""

from __future__ import annotations

import pytest

from spm_bot.surveys.discretion import telling, telling_at_first

PLAIN = "Nous aimerions savoir comment vous allez."


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Your DEBTS are overdue: you owe us.", ("debts", "overdue", "owe")),
        ("en", "Debt debt, default; repayment of late payments", ("debt", "debt", "default", "repayment")),
        ("en", "Your complaint: here is the result", ("complaint", "result")),
        ("en", "How stressed are you? In arrears?", ("stressed", "arrears")),
        ("en", "Somebody’s defaultless powers; go back as a whole", ()),
        ("fr", "Vos dettes, l’échéance et les impayés", ("dettes", "echeance", "impayes")),
        ("fr", "Êtes-vous en  retard ? Votre plainte", ("en retard", "plainte")),
        ("fr", "Revenir en arrière. Soyez tranquille.", ()),
        ("es", "Sus deudas están vencidas; su queja", ("deudas", "vencidas", "queja")),
        ("es", "‹ Atrás. Estrés y atrasos", ("estres", "atrasos")),
        ("sw", "Unadaiwa deni; umechelewa kulipa", ("unadaiwa", "deni", "umechelewa kulipa")),
        ("sw", "Matokeo ya malalamiko. Unaendeleaje?", ("matokeo", "malalamiko")),
        ("hi", "आपका क़र्ज़ बकाया है", ("कर्ज", "बकाया")),
        ("hi", "शिकायतों के नतीजे और तनाव", ("शिकायतों", "नतीजे", "तनाव")),
        ("ar", "ديونك متأخرة والدَّين", ("ديونك", "متاخره", "والدين")),
        ("ar", "نتيجة شكواك، وبالنتيجة", ("نتيجه", "شكواك")),
        ("ar", "لدينا أسئلة. لديك وقت؟", ()),
        ("de", "Ihre Schulden", ()),
    ],
)
def test_words_that_tell_are_found(language: str, text: str, words: tuple[str, ...]) -> None:
    found = telling(text, language)
    assert found[: len(words)] == words
    assert bool(found) is bool(words)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "About your loan, and the debt", ("debt", "loan")),
        ("fr", "L’argent de votre prêt", ("argent", "pret")),
        ("es", "Pagar el préstamo", ("pagar", "prestamo")),
        ("sw", "Mkopo wako na pesa", ("mkopo", "pesa")),
        ("hi", "आपका लोन और पैसे", ("लोन", "पैसे")),
        ("ar", "قرضك والمال", ("قرضك", "والمال")),
        ("fr", PLAIN, ()),
    ],
)
def test_loans_and_money_tell_too_much_at_first(language: str, text: str, words: tuple[str, ...]) -> None:
    assert telling_at_first(text, language) == words
