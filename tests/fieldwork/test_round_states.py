from __future__ import annotations

from spm_bot.fieldwork.round_states import MOVES, RoundState, before


def test_every_state_says_what_may_follow() -> None:
    assert set(MOVES) == set(RoundState)
    assert all(
        (earlier in before(later)) == (later in MOVES[earlier]) for earlier in MOVES for later in MOVES
    )


def test_what_has_ended_stays_so_and_only_approval_begins() -> None:
    ends = {state for state, following in MOVES.items() if not following}
    assert ends == {RoundState.UNDONE, RoundState.REFUSED, RoundState.CLOSED}
    assert before(RoundState.WAITING) == frozenset()
    assert before(RoundState.REFUSED) == {RoundState.WAITING}
