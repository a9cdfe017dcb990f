"""Words that command instead of answering: with a slash, or alone in any language we speak.

A word counts only when it is the whole message: "stop charging me twice" is no opt-out. Words that
are ordinary answers (no, later, time, behind) command nothing in any language.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from spm_bot.protection.duties import menu_of
from spm_bot.surveys.spelling import plain
from spm_bot.texts import SOURCE, Voice, sentence


class Command(StrEnum):
    """`KEEP` undoes a request to be forgotten, `QUIET` hides the survey at once. Those from `ASK` on are for
    staff and have no words: only a slash makes them a command.
    """

    STOP = "stop"
    BACK = "back"
    SKIP = "skip"
    HELP = "help"
    LANGUAGE = "language"
    CONSENT = "consent"
    TIME = "time"
    MYDATA = "mydata"
    FORGET = "forget"
    KEEP = "keep"
    QUIET = "quiet"
    ASK = "ask"
    UNDO = "undo"
    PROGRESS = "progress"
    ENROL = "enrol"
    RESULTS = "results"
    APPROVE = "approve"
    DIGEST = "digest"
    DECIDE = "decide"
    DECISIONS = "decisions"
    WEDID = "wedid"
    QUOTES = "quotes"
    WHOAMI = "whoami"


_LISTED: Mapping[str, Mapping[Command, str]] = {
    "en": {
        Command.STOP: "stop, stop it, stop all, stop surveys, unsubscribe, opt out, quit",
        Command.BACK: "back, go back, previous",
        Command.SKIP: "skip, skip it, skip this, pass",
        Command.HELP: "help, commands",
        Command.LANGUAGE: "language, languages, change language",
        Command.CONSENT: "consent, my consent",
        Command.TIME: "my time, change time, change my time",
        Command.MYDATA: "my data, mydata, show my data",
        Command.FORGET: "forget, forget me, delete me, delete my data, erase my data",
        Command.KEEP: "keep, keep me, keep my data",
        Command.QUIET: "quiet, hide, silence, hush",
    },
    "fr": {
        Command.STOP: "arrêt, arrêter, arrêtez, arrête, stop, me désabonner, désabonner, désinscription",
        Command.BACK: "retour, précédent, revenir en arrière, en arrière",
        Command.SKIP: "passer, passez, sauter, passer la question",
        Command.HELP: "aide, commandes",
        Command.LANGUAGE: "langue, langues, changer de langue",
        Command.CONSENT: "consentement, mon consentement",
        Command.TIME: "mon heure, changer l'heure, changer d'heure",
        Command.MYDATA: "mes données, voir mes données",
        Command.FORGET: "oublier, oubliez-moi, oublie-moi, effacez-moi, effacer mes données",
        Command.KEEP: "garder, gardez, gardez-moi, garder mes données",
        Command.QUIET: "silence, cacher, cachez, discret, chut",
    },
    "es": {
        Command.STOP: "parar, pare, stop, detener, darme de baja, cancelar suscripción",
        Command.BACK: "atrás, volver atrás, anterior, ir atrás",
        Command.SKIP: "saltar, omitir, saltar pregunta",
        Command.HELP: "ayuda, comandos",
        Command.LANGUAGE: "idioma, idiomas, cambiar idioma, cambiar de idioma",
        Command.CONSENT: "consentimiento, mi consentimiento",
        Command.TIME: "mi hora, cambiar hora, cambiar la hora",
        Command.MYDATA: "mis datos, ver mis datos",
        Command.FORGET: "olvidar, olvídame, olvídenme, bórrame, bórrenme, borrar mis datos",
        Command.KEEP: "conservar, conservar mis datos, mantener mis datos",
        Command.QUIET: "silencio, ocultar, esconder",
    },
    "sw": {
        Command.STOP: "sitisha, acheni, simamisha, simama, komesha, jiondoe, ondoa",
        Command.BACK: "rudi, rudi nyuma",
        Command.SKIP: "ruka swali, ruka, pita swali",
        Command.HELP: "msaada, usaidizi",
        Command.LANGUAGE: "lugha, badili lugha, badilisha lugha",
        Command.CONSENT: "ridhaa, ridhaa yangu, idhini",
        Command.TIME: "wakati wangu, badili wakati, badilisha wakati",
        Command.MYDATA: "data yangu, taarifa zangu, onyesha data yangu",
        Command.FORGET: "nisahau, nisahauni, nifute, futa data yangu, futa taarifa zangu",
        Command.KEEP: "hifadhi, nihifadhi, hifadhi data yangu, hifadhi taarifa zangu",
        Command.QUIET: "kimya, ficha, nyamaza",
    },
    "hi": {
        Command.STOP: (
            "रोकें, रोको, रोकिए, रुकें, रुको, रुकिए, बंद करें, बंद करो, बंद कीजिए, स्टॉप, "
            "roko, rokein, ruko, rukie, rukiye, band karo, band karein, band karen, band kijiye"
        ),
        Command.BACK: "वापस, पीछे जाएँ, पीछे जाओ, वापस जाओ, wapas, vapas, wapas jao, peeche jao, piche jao",
        Command.SKIP: "छोड़ें, छोड़ो, छोड़ दें, छोड़ दो, छोड़िए, chhodo, chhoden, chhod do",
        Command.HELP: "मदद, सहायता, हेल्प, madad, sahayata",
        Command.LANGUAGE: "भाषा, भाषा बदलें, भाषा बदलो, bhasha, bhasha badlo, bhasha badlen",
        Command.CONSENT: "सहमति, मेरी सहमति, sahmati, meri sahmati",
        Command.TIME: "मेरा समय, समय बदलें, समय बदलो, mera samay, samay badlo",
        Command.MYDATA: "मेरी जानकारी, मेरा डेटा, meri jankari, meri jaankari, mera data",
        Command.FORGET: (
            "भूल जाएँ, भूल जाओ, मुझे भूल जाओ, मुझे भूल जाएँ, मेरी जानकारी मिटाएँ, मेरी जानकारी मिटाओ, "
            "bhool jao, bhul jao, mujhe bhool jao, mujhe bhul jao, meri jankari mitao"
        ),
        Command.KEEP: "रखें, रखो, मेरी जानकारी रखें, rakho, rakhen, rakhein, meri jankari rakho",
        Command.QUIET: "चुप, छुपाओ, छिपाओ, छुपाएँ, छिपाएँ, chup, chhupao, chupao, chhipao",
    },
    "ar": {
        Command.STOP: (
            "توقف, قف, أوقف, إيقاف, توقفوا, إلغاء الاشتراك, ستوب, "
            "tawaqquf, tawaqaf, tawakaf, qif, awqif, iqaf, stob"
        ),
        Command.BACK: "رجوع, ارجع, السابق, إلى الوراء, ruju, rujoo, irja",
        Command.SKIP: "تخطي, تخط, تجاوز, takhatti, takhati, tajawuz",
        Command.HELP: "مساعدة, المساعدة, musaada, musa'ada, mosaada",
        Command.LANGUAGE: "لغة, اللغة, تغيير اللغة, lugha, logha",
        Command.CONSENT: "الموافقة, موافقتي, almuwafaqa",
        Command.TIME: "وقتي, تغيير الوقت, غير الوقت, waqti",
        Command.MYDATA: "بياناتي, معلوماتي, bayanati",
        Command.FORGET: "انسني, انسوني, احذف بياناتي, امسح بياناتي, احذفوا بياناتي",
        Command.KEEP: "احتفظ, احتفظوا, احتفظ ببياناتي, ihtafidh, ihtafiz",
        Command.QUIET: "هدوء, إخفاء, اخفاء المحادثة, صمت, hudu, hudoo, ikhfa, samt",
    },
}

WORDS: Mapping[str, Mapping[Command, tuple[str, ...]]] = MappingProxyType(
    {
        language: MappingProxyType({command: tuple(words.split(", ")) for command, words in listed.items()})
        for language, listed in _LISTED.items()
    }
)
"""Language → command → its words; the first of them is the one that a client is told to write."""

_COMMANDS: Mapping[str, Command] = MappingProxyType(
    {plain(word): command for listed in WORDS.values() for command, words in listed.items() for word in words}
)

AT_HOME: Mapping[str, str] = MappingProxyType({"ruka": "sw"})
"""Words that are ordinary answers in another language (*it stopped* in Hindi), so that
they command only where this language is spoken.
"""

CLIENT_MENU = (
    Command.HELP,
    Command.LANGUAGE,
    Command.TIME,
    Command.BACK,
    Command.CONSENT,
    Command.MYDATA,
    Command.FORGET,
    Command.STOP,
)
"""The commands a client is offered beside the text field, in order."""

_DOES: Mapping[Command, str] = MappingProxyType(
    {
        Command.HELP: sentence("What I can do for you"),
        Command.LANGUAGE: sentence("Change the language"),
        Command.TIME: sentence("Choose when I may write to you"),
        Command.BACK: sentence("Go back one question"),
        Command.CONSENT: sentence("Read and change what you allow"),
        Command.MYDATA: sentence("See what we keep about you"),
        Command.FORGET: sentence("Have your answers and your name erased"),
        Command.STOP: sentence("No more surveys"),
        Command.ASK: sentence("Have a random sample of clients asked"),
        Command.PROGRESS: sentence("How far your surveys have come"),
        Command.ENROL: sentence("A joining card for a client"),
        Command.APPROVE: sentence("Surveys that wait for your yes"),
        Command.RESULTS: sentence("What came of surveys that have ended"),
        Command.DIGEST: sentence("The newest weekly digest"),
        Command.DECIDE: sentence("Write down what you decide on a figure"),
        Command.DECISIONS: sentence("Open decisions, and what became of them"),
        Command.WEDID: sentence("Tell clients what you did"),
        Command.QUOTES: sentence("Release comments of clients, one by one"),
        Command.WHOAMI: sentence("What is written down about you"),
    }
)


def recognise(text: str, *, language: str | None = None) -> tuple[Command, str] | None:
    """The command and what follows it, or None when the message is no command.

    After a slash words may follow (`/digest 2026-W47`); a plain word must stand alone. It may be of
    any language; `language`, if known, is the one the chat is in.
    """
    said = text.strip()
    if said.startswith("/"):
        name, *rest = re.split(r"\s", said[1:], maxsplit=1)
        command = next((each for each in Command if each == name.casefold()), None)
        return None if command is None else (command, "".join(rest).strip())
    word = plain(said)
    found = _COMMANDS.get(word)
    return None if found is None or AT_HOME.get(word, language) != language else (found, "")


def word(command: Command, language: str) -> str:
    """The word to write for a command, as a sentence shows it: `STOP`. A command of staff is `/ask`."""
    words = WORDS.get(language, WORDS[SOURCE]).get(command)
    return words[0].upper() if words else f"/{command}"


def described(voice: Voice) -> tuple[tuple[str, str], ...]:
    """The client's menu: each command's name without slash, and what it does."""
    return tuple((command.value, voice.say(_DOES[command])) for command in CLIENT_MENU)


def staff_menu(held: Collection[str], voice: Voice) -> tuple[tuple[str, str], ...]:
    """The menu of somebody with these roles: each command's name without slash, and what it does."""
    return tuple((name, voice.say(_DOES[Command(name)])) for name in menu_of(held))
