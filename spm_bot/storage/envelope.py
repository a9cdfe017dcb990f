"""An outgoing message as the JSON that is sealed into its row."""

from __future__ import annotations

import json

from spm_bot.messages import Action, Attachment, Button, Outbound, Subject, Token


def encode(message: Outbound) -> str:
    """An outgoing message as JSON."""
    rows = [[[b.label, _token(b.token)] for b in row] for row in message.buttons]
    attached = message.attachment
    return json.dumps(
        {
            "text": message.text,
            "buttons": rows,
            "ref": message.ref,
            "edits": message.edits,
            "attachment": [attached.kind, attached.name, attached.file] if attached else None,
            "gone": message.gone,
            "erases": message.erases,
            "share": message.share,
            "menu": message.menu,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def decode(body: str) -> Outbound:
    """The message that `encode` wrote."""
    read = json.loads(body)
    rows = tuple(
        tuple(Button(label, Token(Subject(s), i, turn, Action(a), v)) for label, (s, i, turn, a, v) in row)
        for row in read["buttons"]
    )
    attached = Attachment(*read["attachment"]) if read["attachment"] else None
    return Outbound(
        read["text"],
        rows,
        read["ref"],
        read["edits"],
        attached,
        gone=read.get("gone", False),  # a message written before these existed
        erases=read.get("erases"),
        share=read.get("share"),
        menu=None if read.get("menu") is None else tuple((name, does) for name, does in read["menu"]),
    )


def _token(token: Token) -> list[str | int]:
    return [token.subject, token.id, token.turn, token.action, token.value]
