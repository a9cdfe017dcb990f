from __future__ import annotations

from spm_bot.fieldwork.audience import EVERYBODY, Audience
from spm_bot.storage import audiences
from spm_bot.storage.store import Connection, Store
from tests.seed import enter, row

BUNGOMA = Audience(branches=frozenset({"BUN"}))
WOMEN = Audience(genders=frozenset({"female"}))


def _fill(connection: Connection) -> None:
    """Bungoma has three women and two men, Busia one woman; one more of Bungoma has left."""
    people = [row(f"F{n}") for n in range(3)] + [row(f"M{n}", gender="male") for n in range(2)]
    enter(connection, *people, row("B1", branch="BUS"), row("X1", status="closed", loan=""))


async def test_audiences_are_counted_on_the_register(store: Store) -> None:
    await store.write(_fill)

    def sizes(connection: Connection) -> list[int]:
        asked = (EVERYBODY, BUNGOMA, WOMEN, Audience(frozenset({"BUN", "BUS"}), genders=frozenset({"male"})))
        return [audiences.size(connection, each) for each in asked]

    assert await store.read(sizes) == [6, 5, 4, 2]


async def test_two_audiences_differ_by_those_in_one_alone(store: Store) -> None:
    await store.write(_fill)

    def differences(connection: Connection) -> list[int]:
        pairs = ((BUNGOMA, BUNGOMA), (BUNGOMA, EVERYBODY), (EVERYBODY, BUNGOMA), (BUNGOMA, WOMEN))
        return [audiences.difference(connection, *pair) for pair in pairs]

    assert await store.read(differences) == [0, 1, 1, 3]


async def test_of_many_people_every_so_manieth_is_looked_at(store: Store) -> None:
    await store.write(lambda c: enter(c, *(row(f"C{n}") for n in range(40))))

    def look(connection: Connection) -> tuple[int, int, int]:
        some = audiences.look_at(connection, EVERYBODY, statuses=["active"], most=10)
        everybody = audiences.look_at(connection, EVERYBODY, statuses=["active"], most=40)
        return len(some.clients), some.of, len(everybody.clients)

    assert await store.read(look) == (10, 40, 40)
