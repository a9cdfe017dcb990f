from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from spm_bot.clauses import After, Apart, Contact, DueDates, OpeningHours
from spm_bot.institution import Institution, InstitutionError, load
from spm_bot.times import Cron, Hours, Weekday, Weekly, Window

EXAMPLE = Path(__file__).parents[1] / "institution.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
Problems = Callable[..., list[str]]
STANDING = {"client_satisfaction", "debt_stress", "client_outcomes", "client_exit", "branch_visit"}


@pytest.fixture
def problems_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Problems:
    """What is said about the example after some of its text is replaced."""
    monkeypatch.chdir(tmp_path)

    def problems(*changes: tuple[str, str]) -> list[str]:
        text = TEXT
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        Path("institution.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(InstitutionError) as caught:
            load(Path("institution.yaml"))
        return str(caught.value).splitlines()

    return problems


def line_of(words: str) -> int:
    return TEXT[: TEXT.index(words)].count("\n") + 1


def test_example_is_complete_and_valid() -> None:
    institution = load(EXAMPLE)
    given = institution.model_fields_set
    assert given == set(Institution.model_fields)
    assert len(institution.branches) == 10
    assert {product.method for product in institution.products} == {"group", "individual"}
    assert institution.languages == ("en", "fr", "es", "sw", "hi", "ar")
    assert institution.minimum_cell == 10
    assert institution.digest.slot == Weekly(Weekday.MONDAY, time(7, 30))
    assert institution.rounds[1].slots == Weekly(Weekday.WEDNESDAY, time(10))


def test_example_asks_as_often_as_clients_can_bear() -> None:
    institution = load(EXAMPLE)
    assert [(row.code, row.survey, row.kind, row.window_hours) for row in institution.rounds] == [
        ("satisfaction", "client_satisfaction", "panel", 72),
        ("stress", "debt_stress", "panel", 72),
        ("outcomes", "client_outcomes", "panel", 72),
        ("exit", "client_exit", "after", 72),
        ("visits", "branch_visit", "sample", 72),
    ]
    assert [row.cycle_weeks for row in institution.rounds] == [52, 26, 52, None, None]
    assert institution.rounds[3].after == After(event="closing", days=14)
    assert institution.contact == Contact(
        min_days_between=21,
        max_per_year=6,
        messages_per_year=12,
        hours=OpeningHours(opens=time(9), closes=time(19)),
        due_dates=DueDates(hours=24, collection_at=time(10), hours_before=3),
        cool_down_weeks={
            "client_satisfaction": 52,
            "debt_stress": 26,
            "client_outcomes": 52,
            "client_exit": 26,
        },
        apart=(Apart(surveys=("client_satisfaction", "client_outcomes"), weeks=8),),
    )


def test_round_is_asked_on_days_of_a_crontab_line() -> None:
    visits = load(EXAMPLE).rounds[4]
    assert visits.slots == Cron("0 10 1-7 jan,apr,jul,oct mon")
    assert visits.slots.at == time(10)


VISITS = 'schedule: "0 10 1-7 jan,apr,jul,oct mon", sample: 120, quota: 45'
CRON = '(write minute, hour, day, month, weekday, as "0 10 * * tue")'


@pytest.mark.parametrize(
    ("new", "place", "told"),
    [
        (
            'schedule: "0 10 1-7 jan", sample: 120',
            ".schedule",
            f"is not a schedule of five fields with its weekdays by name {CRON}",
        ),
        (
            'schedule: "0 10 * * 1", sample: 120',
            ".schedule",
            f"is not a schedule of five fields with its weekdays by name {CRON}",
        ),
        (
            'schedule: "0 10,15 * * mon", sample: 120',
            ".schedule",
            (
                "comes more than once a day (give one minute and one hour: write minute, hour, day, month,"
                ' weekday, as "0 10 * * tue")'
            ),
        ),
        (
            'schedule: "0 10 30 feb *", sample: 120',
            ".schedule",
            f"never comes: no month has such a day {CRON}",
        ),
        (
            'schedule: "0 10 * * moon", sample: 120',
            ".schedule",
            f'is not a schedule: Invalid weekday name "moon" {CRON}',
        ),
        ("schedule: 10, sample: 120", ".schedule", "must be text (put it in quotes)"),
        (
            'schedule: "0 10 * * mon", weekday: monday, sample: 120',
            "",
            "needs a weekday and a time, or a schedule (and not both)",
        ),
        ("weekday: monday, sample: 120", "", "needs a weekday and a time, or a schedule (and not both)"),
        ("sample: 120", "", "needs a weekday and a time, or a schedule (and not both)"),
        ('schedule: "0 10 * * mon"', "", "needs one of cycle_weeks, sample and after (and no other)"),
        (
            'schedule: "0 10 * * mon", sample: 120, cycle_weeks: 4',
            "",
            "needs one of cycle_weeks, sample and after (and no other)",
        ),
        (
            'schedule: "0 10 * * mon", cycle_weeks: 4, quota: 45',
            ".quota",
            "can only stand with a sample (leave it out)",
        ),
        (
            'schedule: "0 10 * * mon", cycle_weeks: 4, strata: [branch]',
            ".strata",
            "can only stand with a sample (leave it out)",
        ),
        (
            'schedule: "0 10 * * mon", sample: 120, quota: 130',
            ".quota",
            "is more than the 120 who are invited (write a smaller number)",
        ),
        ('schedule: "0 10 * * mon", sample: 29', ".sample", "must be at least 30 (write 30 or more)"),
        (
            'schedule: "0 10 * * mon", after: {event: birth, days: 3}',
            ".after.event",
            "is not one of the words known here (write 'disbursement' or 'closing')",
        ),
        (
            'schedule: "0 10 * * mon", after: {event: closing, days: 0}',
            ".after.days",
            "must be at least 1 (write 1 or more)",
        ),
    ],
)
def test_round_that_cannot_be_kept_is_told(problems_of: Problems, new: str, place: str, told: str) -> None:
    assert problems_of((VISITS, new)) == [
        f"institution.yaml:{line_of('{code: visits')}: rounds.4{place}: {told}"
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        (
            "smallest_audience: 30 ",
            "smallest_audience: 29 ",
            "smallest_audience",
            "must be at least 30 (write 30 or more)",
        ),
        ("spread_days: 2 ", "spread_days: 4 ", "spread_days", "must be at most 3 (write 3 or less)"),
        ("undo_minutes: 30 ", "undo_minutes: 5 ", "undo_minutes", "must be at least 10 (write 10 or more)"),
        (
            "approval_over: 100 ",
            "approval_over: 0 ",
            "approval_over",
            "must be more than 0 (write a larger number)",
        ),
    ],
)
def test_limits_of_asking_cannot_be_loosened(
    problems_of: Problems, old: str, new: str, place: str, told: str
) -> None:
    assert problems_of((old, new)) == [f"institution.yaml:{line_of(old)}: asking.{place}: {told}"]


def test_example_names_known_surveys_and_indicators() -> None:
    institution = load(EXAMPLE)
    institution.check_surveys(STANDING)
    institution.check_indicators({"DST5", "SAT3", "SAT5"}, limited={"DST3", "DST5", "FIN1"})


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        (
            "cost: {en: free, sw: bure}",
            "cost: {en: free, swa: ''}",
            "helplines.1.cost",
            (
                "is no line of 1 to 300 characters"
                " (write the words, or one line a language, as {en: free, fr: gratuit})"
            ),
        ),
        (
            "cost: {en: free, sw: bure}",
            "cost: {en: free, xx: bure}",
            "helplines.1.cost",
            "unknown language 'xx' (write two or three small letters, as sw for Swahili)",
        ),
        ("minimum_cell: 10", "minimum_cell: 4", "minimum_cell", "must be at least 5 (write 5 or more)"),
        (
            "minimum_cell: 10",
            "minimum_cell: ten",
            "minimum_cell",
            "must be a whole number (digits only, no quotes)",
        ),
        ("hotline:", "hotlin:", "hotlin", "unknown key (did you mean 'hotline'?)"),
        (
            "{code: BUS, name: Busia}",
            "{code: BUS, nmae: Busia}",
            "branches.1.nmae",
            "unknown key (did you mean 'name'?)",
        ),
        (
            "{code: BUS, name: Busia}",
            "{code: BUS, name: Busia, xyz: 1}",
            "branches.1.xyz",
            "unknown key (remove it)",
        ),
        (
            "{code: BUS, name: Busia}",
            "{code: BUN, name: Busia}",
            "branches.1.code",
            "'BUN' is used twice (give each a code of its own)",
        ),
        (
            "{code: BUS, name: Busia}",
            "{code: 017, name: Busia}",
            "branches.1.code",
            "must be text (put it in quotes)",
        ),
        (
            "{code: BUS, name: Busia}",
            "{name: Busia}",
            "branches.1.code",
            "is missing (add it; the example file shows how)",
        ),
        ("{code: BUS, name: Busia}", "Busia", "branches.1", "must be a section (indent its keys below it)"),
        (
            "Africa/Nairobi",
            "Africa/Nairobbi",
            "time_zone",
            "unknown time zone 'Africa/Nairobbi' (did you mean 'Africa/Nairobi'?)",
        ),
        (
            "Africa/Nairobi",
            "GMT plus three",
            "time_zone",
            "unknown time zone 'GMT plus three' (write continent and city, as Africa/Nairobi)",
        ),
        (
            "country: KE",
            "country: NO",
            "country",
            'without quotes YAML reads "no" as false (write "no" in quotes)',
        ),
        (
            "country: KE",
            "country: Kenya",
            "country",
            "unknown country 'Kenya' (write two capital letters, as KE for Kenya)",
        ),
        (
            "currency: KES",
            "currency: Ksh",
            "currency",
            "unknown currency 'Ksh' (write three capital letters, as KES)",
        ),
        ("currency: KES", "currency: 404", "currency", "must be text (put it in quotes)"),
        (
            "languages: [en, fr, es, sw, hi, ar]  ",
            "languages: [en, no]",
            "languages.1",
            'without quotes YAML reads "no" as false (write "no" in quotes)',
        ),
        (
            "languages: [en, fr, es, sw, hi, ar]  ",
            "languages: [en, qx]",
            "languages.1",
            "unknown language 'qx' (write two or three small letters, as sw for Swahili)",
        ),
        (
            "languages: [en, fr, es, sw, hi, ar]  ",
            "languages: [English]",
            "languages.0",
            "unknown language 'English' (write two or three small letters, as sw for Swahili)",
        ),
        ("languages: [en, fr, es, sw, hi, ar]  ", "languages: []", "languages", "is empty (add at least 1)"),
        (
            "languages: [en, fr, es, sw, hi, ar]  ",
            "languages: en",
            "languages",
            "must be a list (start each entry with '- ')",
        ),
        (
            '"10:00", cycle_weeks: 26',
            "10:00, cycle_weeks: 26",
            "rounds.1.time",
            'without quotes YAML reads this as the number 600 (write "10:00")',
        ),
        (
            '"10:00", cycle_weeks: 26',
            "10, cycle_weeks: 26",
            "rounds.1.time",
            'is not a time of day (write hours and minutes in quotes, as "09:00")',
        ),
        (
            '"10:00", cycle_weeks: 26',
            '"25:00", cycle_weeks: 26',
            "rounds.1.time",
            'is not a time of day (write hours and minutes in quotes, as "09:00")',
        ),
        (
            '"10:00", cycle_weeks: 26',
            "true, cycle_weeks: 26",
            "rounds.1.time",
            'is not a time of day (write hours and minutes in quotes, as "09:00")',
        ),
        (
            "weekday: wednesday",
            "weekday: wensday",
            "rounds.1.weekday",
            "is not a weekday (did you mean 'wednesday'?)",
        ),
        (
            "weekday: wednesday",
            "weekday: 3",
            "rounds.1.weekday",
            "is not a weekday (write it in English, as monday)",
        ),
        (
            "cycle_weeks: 26",
            "cycle_weeks: 200",
            "rounds.1.cycle_weeks",
            "must be at most 104 (write 104 or less)",
        ),
        (
            "2026-12-12",
            '"2026-12-32"',
            "holidays.0",
            "is not a date of the calendar (write it as 2026-12-25)",
        ),
        ("2026-12-12", "2026-02-29", "holidays.0", "is not a date of the calendar (write it as 2026-12-25)"),
        ("2026-12-12", "20261212", "holidays.0", "is not a date of the calendar (write it as 2026-12-25)"),
        (
            "rest_days: [sunday]",
            "rest_days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]",
            "rest_days",
            "leaves no day to write to anybody (take out one at least)",
        ),
        (
            "name: School fees loan, method: individual",
            "name: School fees loan, method: both",
            "products.2.method",
            "is not one of the words known here (write 'group' or 'individual')",
        ),
        (
            "small_institution: false",
            "small_institution: perhaps",
            "small_institution",
            "must be true or false (write one of them)",
        ),
        ("DST3: 18", "DST3: low", "limits.DST3", "must be a number (digits and a point, no quotes)"),
        (
            "    debt_stress: 26",
            "    debt_stress: never",
            "contact.cool_down_weeks.debt_stress",
            "must be a whole number (digits only, no quotes)",
        ),
        (
            "    debt_stress: 26",
            "    debt_stress: 104",
            "contact.cool_down_weeks.debt_stress",
            "must be at most 52 (write 52 or less)",
        ),
        (
            "- {surveys: [client_satisfaction, client_outcomes], weeks: 8}",
            "- {surveys: [client_satisfaction, client_outcomes], weeks: 53}",
            "contact.apart.0.weeks",
            "must be at most 52 (write 52 or less)",
        ),
        (
            "min_days_between: 21",
            "min_days_between: 365",
            "contact.min_days_between",
            "must be at most 364 (write 364 or less)",
        ),
        (
            "small_institution: false",
            "minimum_cell: 12",
            "minimum_cell",
            "stands here a second time (keep one of the two)",
        ),
    ],
)
def test_problem_names_line_key_and_mend(
    problems_of: Problems, old: str, new: str, place: str, told: str
) -> None:
    assert problems_of((old, new)) == [f"institution.yaml:{line_of(old)}: {place}: {told}"]


def test_problems_are_told_together_in_the_order_of_the_file(problems_of: Problems) -> None:
    told = problems_of(
        ("minimum_cell: 10", "minimum_cell: 3"),
        ("currency: KES\n", "\n"),
        ("cases_per_week: 25", "cases_per_week: 0"),
    )
    larger, missing = (
        "must be more than 0 (write a larger number)",
        "is missing (add it; the example file shows how)",
    )
    assert told == [
        f"institution.yaml:{line_of('name: Umoja')}: currency: {missing}",
        f"institution.yaml:{line_of('cases_per_week')}: protection.cases_per_week: {larger}",
        f"institution.yaml:{line_of('minimum_cell')}: minimum_cell: must be at least 5 (write 5 or more)",
    ]


def test_broken_yaml_names_its_line(problems_of: Problems) -> None:
    what = "not valid YAML: mapping values are not allowed here"
    mend = "check indentation, colons and quotes here and just above"
    assert problems_of(("currency: KES", "currency: KES: x")) == [
        f"institution.yaml:{line_of('currency: KES')}: {what} ({mend})"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nlimits: " + "[" * 100_000, "2: not valid YAML: nested more than 50 levels deep"),
        ("name: &a [*a]\n", "1: not valid YAML: anchors are not supported"),
        ("name: x\n? [a, b]\n: c\n", "2: not valid YAML: a key is not a word"),
        (f"name: {'9' * 5000}\n", " holds a number or tag that cannot be read"),
        ("name: !!bool x\n", " holds a number or tag that cannot be read"),
        (" " * 1_000_001, " is larger than 1,000 kB"),
    ],
    ids=["deep", "endless", "list as key", "long number", "tag", "large"],
)
def test_file_that_would_break_its_reader_is_refused(
    problems_of: Problems, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    Path("institution.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InstitutionError) as caught:
        load(Path("institution.yaml"))
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"institution.yaml:{told}")


@pytest.mark.parametrize("survey", ["debt_stress", "client_outcomes"])
def test_staff_never_start_what_touches_debts(tmp_path: Path, survey: str) -> None:
    path = tmp_path / "institution.yaml"
    path.write_text(TEXT.replace("{survey: branch_visit", f"{{survey: {survey}"), encoding="utf-8")
    with pytest.raises(InstitutionError) as caught:
        load(path).check_surveys(STANDING | {"branch_visit"})
    mend = "write another survey, or take the template out"
    assert str(caught.value) == (
        f"{path}:{line_of('{survey: branch_visit')}: templates.0.survey: {survey} is never started by"
        f" field staff ({mend})"
    )


@pytest.mark.parametrize("text", ["", "- name", "just words"])
def test_file_that_is_no_section_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InstitutionError, match=r"empty\.yaml:1: must be a section"):
        load(path)


def test_missing_file_says_where_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InstitutionError) as caught:
        load(Path("mine.yaml"))
    assert str(caught.value) == (
        "no institution file at mine.yaml: copy the example institution.yaml of the project there,"
        " or set SPM_INSTITUTION"
    )


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "institution.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InstitutionError, match="cannot be read as UTF-8 text"):
        load(path)
    path.write_bytes(b"name: x\ncountry: \x01")
    with pytest.raises(InstitutionError, match=r"institution\.yaml:2: holds a sign no text may hold"):
        load(path)
    with pytest.raises(InstitutionError, match="cannot be read as UTF-8 text"):
        load(tmp_path)


def test_unknown_surveys_are_told_with_their_lines() -> None:
    with pytest.raises(InstitutionError) as caught:
        load(EXAMPLE).check_surveys(STANDING - {"debt_stress"} | {"debt_stres"})
    place = "institution.yaml"
    told = [line.replace(str(EXAMPLE), place) for line in str(caught.value).splitlines()]
    hint = "unknown survey 'debt_stress' (did you mean 'debt_stres'?)"
    assert told == [
        f"{place}:{line_of('survey: debt_stress')}: rounds.1.survey: {hint}",
        f"{place}:{line_of('    debt_stress: 26')}: contact.cool_down_weeks.debt_stress: {hint}",
    ]


def test_unknown_indicator_lists_the_known_ones() -> None:
    with pytest.raises(InstitutionError) as caught:
        load(EXAMPLE).check_indicators({"DST5", "DST3", "SAT3", "RSP"}, limited={"DST5", "DST3", "FIN1"})
    place = f":{line_of('indicator: SAT5')}: objectives.2.indicator"
    assert str(caught.value).endswith(f"{place}: unknown indicator 'SAT5' (did you mean 'SAT3'?)")
    with pytest.raises(InstitutionError, match=r"unknown survey 'branch_visit' \(known: a, b\)"):
        load(EXAMPLE).check_surveys({"a", "b"})


def test_words_for_clients_may_be_given_in_every_language() -> None:
    team = load(EXAMPLE).answers_seen_by
    assert (team.in_("sw"), team.in_("en")) == (
        "timu ya Sauti ya Mteja katika makao makuu",
        "the Client Voice team at head office",
    )
    assert team.in_("pt") == team.in_("en")


def test_institution_made_by_hand_is_checked_without_lines() -> None:
    made = Institution.model_validate(load(EXAMPLE).model_dump())
    with pytest.raises(
        InstitutionError, match=r"^institution:1: rounds\.1\.survey: unknown survey 'debt_stress'"
    ):
        made.check_surveys(STANDING - {"debt_stress"})


def test_branch_overrides_what_it_names(tmp_path: Path) -> None:
    own = "{code: BUS, name: Busia, time_zone: Africa/Cairo, rest_days: [friday], holidays: [2027-01-07]}"
    path = tmp_path / "institution.yaml"
    path.write_text(TEXT.replace("{code: BUS, name: Busia}", own), encoding="utf-8")
    institution = load(path)
    assert institution.zone_of("BUS") == ZoneInfo("Africa/Cairo")
    assert institution.rest_days_of("BUS") == {Weekday.FRIDAY}
    assert institution.holidays_of("BUS") == {date(2027, 1, 7)}


@pytest.mark.parametrize("branch", ["BUN", "a branch of the register only"])
def test_branch_without_own_rules_lives_by_those_of_the_institution(branch: str) -> None:
    institution = load(EXAMPLE)
    assert institution.zone_of(branch) == ZoneInfo("Africa/Nairobi")
    assert institution.rest_days_of(branch) == {Weekday.SUNDAY}
    assert institution.holidays_of(branch) == set(institution.holidays)


def test_working_window_follows_the_days_of_the_branch() -> None:
    institution = load(EXAMPLE)
    hours = Hours(time(8), time(17))
    assert institution.working_window("WEB") == Window(
        dict.fromkeys(list(Weekday)[:5], hours), frozenset(institution.holidays)
    )
    assert institution.working_window("NAK") == Window(
        dict.fromkeys(list(Weekday)[:6], hours), frozenset(institution.holidays)
    )


SHIPPED_THEMES = "themes:\n  price: {en: [stamp duty], sw: [kodi ya stempu]}\n"


def test_words_of_themes_are_read_and_an_unknown_theme_is_told(tmp_path: Path) -> None:
    file = tmp_path / "institution.yaml"
    listed = 'themes: {price: {sw: ["tozo*", "-bima"]}, prise: {en: [fee]}}\n'
    file.write_text(TEXT.replace(SHIPPED_THEMES, listed), encoding="utf-8")
    institution = load(file)
    assert institution.themes["price"] == {"sw": ("tozo*", "-bima")}
    told = r"themes\.prise: unknown theme 'prise' \(did you mean 'price'\?\)"
    with pytest.raises(InstitutionError, match=told):
        institution.check_themes({"price", "thanks"})


@pytest.mark.parametrize("word", ["a", "'*'", "'-x'", "''", "y" * 41, "12"])
def test_what_is_no_word_to_look_for_is_refused_with_its_line(problems_of: Problems, word: str) -> None:
    [told] = problems_of(("{en: [stamp duty]", f"{{en: [{word}]"))
    place = f"institution.yaml:{line_of('{en: [stamp duty]')}: themes.price.en.0: "
    assert told.startswith(place)
    assert "in quotes" in told
