"""Which codes of published standards an indicator informs, and where it is the very figure they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from spm_bot.analytics.indicators import CATALOGUE


class Scheme(StrEnum):
    IRIS = "IRIS+"
    UNIVERSAL = "Universal Standards"


EDITIONS: Mapping[Scheme, str] = MappingProxyType({Scheme.IRIS: "5.3b (2025)", Scheme.UNIVERSAL: "3 (2022)"})
"""The catalogue of IRIS+ (GIIN) and the edition of the Universal Standards (Cerise + SPTF) of all codes."""

INTERNAL = frozenset({"DST5", "DST6"})
"""Of our own index: not validated, and comparable with nothing outside."""

_EXACT = frozenset({("SAT1", "PI7163")})
# A plan to leave is not the clients kept, but it is a reason to ask for reasons.
_BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType({"SAT9": ("3A",)})


@dataclass(frozen=True, slots=True)
class Link:
    """An indicator beside a code it informs; `exact`: it is the very figure the code asks for."""

    indicator: str
    code: str
    exact: bool


def scheme(code: str) -> Scheme:
    """Codes of the Universal Standards begin with their dimension, those of IRIS+ with letters."""
    return Scheme.UNIVERSAL if code[0].isdigit() else Scheme.IRIS


def links() -> Iterator[Link]:
    """Every indicator beside every code it informs, in the order of the catalogue of indicators."""
    for indicator in CATALOGUE.values():
        for code in (*indicator.standards, *_BESIDE.get(indicator.code, ())):
            exact = scheme(code) is Scheme.UNIVERSAL or (indicator.code, code) in _EXACT
            yield Link(indicator.code, code, exact)
