from spm_bot.chat.channel import Sent, Undeliverable
from spm_bot.demo.handsets import Handsets, Screen
from spm_bot.messages import Outbound

QUESTION, THANKS = Outbound("Did the loan help?"), Outbound("Thank you")


async def test_a_message_taken_out_leaves_the_screen_without_a_sound() -> None:
    handsets = Handsets({"amina": Screen()})
    for message in (QUESTION, THANKS):
        await handsets.send("amina", message)
    assert handsets.rang() == ("amina",)
    assert [await handsets.delete("amina", message) for message in ("1", "1", "typed")] == [
        Sent("1"),
        Sent("1"),
        Sent("typed"),
    ]
    assert handsets.screens["amina"].shown == {"2": THANKS}
    assert handsets.rang() == ()


async def test_a_blocked_bot_takes_nothing_out() -> None:
    handsets = Handsets({"amina": Screen()})
    await handsets.send("amina", QUESTION)
    handsets.screens["amina"].blocked = True
    outcome = await handsets.delete("amina", "1")
    assert outcome == Undeliverable("the person blocked the bot", gone=True)
    assert handsets.screens["amina"].shown == {"1": QUESTION}
