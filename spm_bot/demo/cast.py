"""Who lives in the demo: clients of a made-up lender with their branches, loans and hidden stress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from spm_bot.clauses import Product
from spm_bot.demo.agenda import LAST_WEEK
from spm_bot.demo.dice import dice, drawn
from spm_bot.fieldwork.register import ACTIVE, CLOSED, ClientRow, LoanRow
from spm_bot.institution import Institution

SMALL = 12
"""Clients of each of the two last branches: too few to be shown by themselves."""

CALM_SHARE = 0.15
TROUBLED_SHARE = 0.50
"""Clients under heavy debt stress, in calm times and in the first branch of the file when it is troubled."""

ENDING_SHARE = 0.08
"""Clients whose loan ends in the year before the last week."""

_FIRST_SIZE = 1.7
_SIZES = (0.75, 1.1, 0.9, 1.2, 0.8, 1.15, 0.95)
_PRODUCTS = (0.55, 0.30, 0.15)
_FIRST_NAMES = (
    *("Adhara", "Bakiri", "Chemu", "Dalila", "Etana", "Faraji", "Gathi", "Halisi", "Imara", "Jelani"),
    *("Kesia", "Lulani", "Makena", "Nuru", "Otieba", "Pendo", "Rehani", "Subira", "Tumelo", "Zawadi"),
)
_LAST_NAMES = (
    *("Abuko", "Birech", "Chelimu", "Doweno", "Ekiru", "Gachoro", "Isutsa", "Kadenge", "Lumbasi", "Mokeira"),
    *("Naliaka", "Obunde", "Parsai", "Rutiko", "Shikuto", "Toroi", "Udongo", "Wabule", "Yegori", "Zindika"),
)
_THIS_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Member:
    """One client. `strain`, `lateness` and `delay` are places between 0 and 1 in the order of luck.

    Under heavy stress are those whose `strain` lies below the branch's share of the day; in arrears
    those whose `lateness` lies below what such a client's arrears are likely to be. `paid_back` is how many
    weeks before the last one the loan ends, None for one that goes on.
    """

    number: int
    name: str
    branch: str
    product: Product
    troubled: bool
    gender: str
    birth_year: int | None
    joined_on: str
    has_loan: bool
    has_savings: bool
    outstanding: float
    written_off: float
    strain: float
    lateness: float
    delay: float
    paid_back: int | None
    area: str
    cycle: int

    @property
    def code(self) -> str:
        return f"C{self.number + 1:05}"

    @property
    def phone(self) -> str:
        return f"+25470{self.number + 1:07}"

    def stressed(self, *, hard_times: bool) -> bool:
        """Whether heavy stress lies on this client; `hard_times`: the first branch has its hard weeks."""
        share = TROUBLED_SHARE if self.troubled and hard_times else CALM_SHARE
        return self.has_loan and self.strain < share

    def days_late(self, *, hard_times: bool) -> int:
        """Days in arrears as the loan system shows them."""
        likely = 0.36 if self.stressed(hard_times=hard_times) else 0.08
        if not self.has_loan or self.lateness >= likely:
            return 0
        return 31 + int(60 * self.delay / 0.3) if self.delay < 0.3 else 1 + int(29 * self.delay)

    def row(self, *, currency: str, hard_times: bool, weeks_left: int) -> ClientRow:
        """What the institution's own system exports about this client, so many weeks before the last one."""
        pays = self.has_loan and (self.paid_back is None or weeks_left > self.paid_back)
        return ClientRow(
            code=self.code,
            name=self.name,
            branch=self.branch,
            phone=self.phone,
            product=self.product.code if pays else "",
            loan_method=self.product.method if pays else "",
            gender=self.gender,
            birth_year=self.birth_year,
            joined_on=self.joined_on,
            has_savings=self.has_savings,
            area=self.area,
            loans=(self._loan(currency, hard_times=hard_times, pays=pays),) if self.has_loan else (),
        )

    def _loan(self, currency: str, *, hard_times: bool, pays: bool) -> LoanRow:
        ended = None if pays or self.paid_back is None else LAST_WEEK.minus(self.paid_back).start.isoformat()
        return LoanRow(
            code=f"L{self.number + 1:05}",
            product=self.product.code,
            currency=currency,
            branch=self.branch,
            outstanding=self.outstanding if pays else 0.0,
            days_in_arrears=self.days_late(hard_times=hard_times) if pays else 0,
            status=ACTIVE if pays else CLOSED,
            closed_on=ended,
            written_off=self.written_off,
            cycle=self.cycle,
        )


def members(institution: Institution, *, clients: int, seed: int) -> tuple[Member, ...]:
    """All clients, branch by branch. The first branch is the one that gets into trouble."""
    branches = [branch.code for branch in institution.branches]
    found: list[Member] = []
    for place, (branch, size) in enumerate(zip(branches, sizes(len(branches), clients), strict=True)):
        rng = dice(seed, "branch", branch)
        # Evenly spread places make the branch's true share exactly what it is said to be.
        strains = _spread(size, rng)
        delays = _spread(size, rng)
        for strain, delay in zip(strains, delays, strict=True):
            number = len(found)
            drawn_by = dice(seed, "member", number)
            found.append(_member(institution, number, branch, drawn_by, (strain, delay), troubled=place == 0))
    return tuple(found)


def sizes(branches: int, clients: int) -> list[int]:
    """Clients by branch: the first is the largest, the last two have 12 each. Raises ValueError."""
    shares = [_FIRST_SIZE, *(_SIZES[place % len(_SIZES)] for place in range(branches - 3))]
    if branches < 4 or clients < SMALL * branches:
        raise ValueError(f"the demo needs four branches and {SMALL} clients for each of them")
    left = clients - 2 * SMALL
    ends = [round(left * sum(shares[: place + 1]) / sum(shares)) for place in range(len(shares))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)] + [SMALL, SMALL]


def _spread(size: int, rng: Random) -> Sequence[float]:
    places = [(place + 0.5) / size for place in range(size)]
    rng.shuffle(places)
    return places


def _member(
    institution: Institution,
    number: int,
    branch: str,
    rng: Random,
    places: tuple[float, float],
    *,
    troubled: bool,
) -> Member:
    products = dict(zip(range(len(institution.products)), _PRODUCTS, strict=False))
    product = institution.products[drawn(products, rng)]
    typical = 18_000 if product.method == "group" else 60_000
    outstanding = float(round(typical * rng.uniform(0.4, 1.6), -2))
    return Member(
        number=number,
        name=f"{rng.choice(_FIRST_NAMES)} {rng.choice(_LAST_NAMES)}",
        branch=branch,
        product=product,
        troubled=troubled,
        gender=drawn({"female": 0.66, "male": 0.34}, rng),
        birth_year=None if rng.random() < 0.01 else _THIS_YEAR - rng.randint(20, 68),
        joined_on=f"{_THIS_YEAR - rng.randint(1, 8)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        has_loan=rng.random() < 0.95,
        has_savings=rng.random() < 0.7,
        outstanding=outstanding,
        written_off=float(round(typical * 0.6, -2)) if rng.random() < 0.012 else 0.0,
        strain=places[0],
        lateness=rng.random(),
        delay=places[1],
        paid_back=rng.randrange(52) if rng.random() < ENDING_SHARE else None,
        area="rural" if rng.random() < 0.6 else "urban",
        cycle=1 + rng.randrange(6),
    )
