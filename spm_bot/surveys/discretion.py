"""Words that tell a bystander too much: of debt, of complaints and results, in each language we speak."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from spm_bot.surveys.spelling import plain

# A star stands for any letters. An Arabic word may carry an article, a preposition or a possessive, before
# which its last letter may change.
_TELLING: Mapping[str, str] = MappingProxyType(
    {
        "en": (
            "debt*, indebt*, overindebt*, owe, owes, owed, owing, arrear*, overdue, past due, late"
            " payment*, missed payment*, repay*, repaid, default, defaults, defaulted, defaulter*,"
            " defaulting, delinquen*, collector*, complain*, grievance*, result, results, stress*,"
            " distress*"
        ),
        "fr": (
            "dette*, endett*, surendett*, arriérés, impayé*, en retard, retard de paiement, retards de"
            " paiement, échéance*, rembours*, défaut de paiement, recouvrement*, plainte*, plaign*,"
            " plaindre, réclamation*, résultat*, stress*, détresse"
        ),
        "es": (
            "deuda*, deudor*, endeud*, sobreendeud*, adeud*, atraso*, atrasad*, mora, moroso*, morosa*,"
            " morosidad, vencid*, impag*, reembols*, incumpl*, cobrador*, cobranza*, queja*, quejarse,"
            " reclamo*, reclamación, reclamaciones, resultado*, estrés*, estresad*, angustia*"
        ),
        "sw": (
            "deni, madeni, *daiwa, *daiwi, madai, malimbikizo, *chelewa kulipa, *chelewesha malipo,"
            " *lichochelewa, *liyochelewa, *liochelewa, *shindwa kulipa, marejesho, rejesho, lalamiko,"
            " malalamiko, *lalamika, *lalamikia, matokeo, msongo*, mfadhaiko, dhiki"
        ),
        "hi": (
            "कर्ज़*, क़र्ज़*, ऋण*, उधार*, बकाया*, बकाए, बक़ाया*, देनदार*, वसूली, चुकौती, डिफ़ॉल्ट*,"
            " चूक, शिकायत*, परिणाम*, नतीजा, नतीजे, नतीजों, रिज़ल्ट*, तनाव*"
        ),
        "ar": (
            "دين, ديون, مديون, مديونية, مدين, متأخرات, متأخر, متأخرة, مستحقات, مستحق, سداد, تسديد,"
            " تعثر, متعثر, تحصيل, شكوى, شكوا, شكاوى, شكاوي, نتيجة, نتيجت, نتائج, ضغط نفسي, توتر, إجهاد,"
            " ضائقة"
        ),
    }
)
_BUSINESS: Mapping[str, str] = MappingProxyType(
    {
        "en": "loan*, lend*, borrow*, credit*, pay, pays, paid, paying, payment*, money, problem*",
        "fr": "prêt, prêts, emprunt*, crédit*, payer, payé*, paie, paiement*, argent, problème*",
        "es": "préstamo*, prestado*, crédito*, pagar, paga, pago, pagos, pagado*, dinero, problema*",
        "sw": "mkopo, mikopo, *kopa, *kopesha, *lipa, malipo, pesa, fedha, tatizo, matatizo",
        "hi": "लोन*, क्रेडिट*, भुगतान*, चुका*, पैसा, पैसे, पैसों, समस्या*, परेशानी*",
        "ar": "قرض, قروض, دفع, مال, أموال, نقود, مشكلة, مشاكل, مشكلات",
    }
)
_BEFORE = "(?:[وف]?(?:[بكل]?ال|لل|[بكل])?)"
_AFTER = "(?:ي|ك|ه|ها|نا|كم|هم|هن)?"


def telling(text: str, language: str) -> tuple[str, ...]:
    """The words in `text` that must not stand in a message we start on our own, as they are compared."""
    return _found(_TELLING_WORDS, text, language)


def telling_at_first(text: str, language: str) -> tuple[str, ...]:
    """The same, and words of loans and money: what stands first in a message is read on a locked phone."""
    return (*telling(text, language), *_found(_BUSINESS_WORDS, text, language))


def _found(words: Mapping[str, re.Pattern[str]], text: str, language: str) -> tuple[str, ...]:
    pattern = words.get(language)
    # Each space is doubled: two words side by side both have one before and one behind.
    spaced = f" {plain(text)} ".replace(" ", "  ")
    return () if pattern is None else tuple(found.replace("  ", " ") for found in pattern.findall(spaced))


def _pattern(language: str, listed: str) -> re.Pattern[str]:
    return re.compile(f"(?<= )(?:{'|'.join(_form(language, word) for word in listed.split(', '))})(?= )")


def _form(language: str, word: str) -> str:
    form = r"[^ ]*".join(re.escape(plain(part)).replace(r"\ ", "  ") for part in word.split("*"))
    return f"{_BEFORE}{form}{_AFTER}" if language == "ar" else form


_TELLING_WORDS = {language: _pattern(language, listed) for language, listed in _TELLING.items()}
_BUSINESS_WORDS = {language: _pattern(language, listed) for language, listed in _BUSINESS.items()}
