"""Words that lists write in their cells → ours: woman and man, states, frequencies, yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from spm_bot.registers.headings import comparable

_NUMBERED = re.compile(r"-\d+$")


def meaning(word_list: str, written: str) -> str | None:
    """Our word for one in a list of theirs, None for one that we do not know."""
    known = _words()[word_list]
    return known.get(comparable(written)) or known.get(comparable(_NUMBERED.sub("", written)))


def words_of(word_list: str) -> tuple[str, ...]:
    """The words of ours that a list has."""
    return tuple(dict.fromkeys(_words()[word_list].values()))


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    text = files("spm_bot.registers").joinpath("words.yaml").read_text(encoding="utf-8")
    lists = yaml.safe_load(text)
    return MappingProxyType({name: _turned(words) for name, words in lists.items()})


def _turned(words: Mapping[str, list[str]]) -> Mapping[str, str]:
    found = {comparable(each): ours for ours, theirs in words.items() for each in (ours, *theirs)}
    return MappingProxyType(found)
