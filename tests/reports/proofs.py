"""Printed pages read back as text."""

from __future__ import annotations

import pypdfium2
import pytest

A4 = (595.28, 841.89)


def read(pdf: bytes) -> list[str]:
    """The text of each page, in one line."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[number] for number in range(len(document))]
    assert all(page.get_size() == pytest.approx(A4, abs=0.01) for page in pages)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]


def bared(text: str) -> str:
    """Without spaces, breaks and marks that nobody sees: a line may end anywhere."""
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace())
