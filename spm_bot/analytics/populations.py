"""How many clients there are of each kind, from the client list: what answers are weighed to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """Active clients who are alike in these segments, and how many of them are in the chat and agreed.

    The segments are coded as responses keep them (`dimensions.Segments`). `borrower`: pays a loan now.
    """

    branch: str
    product: str
    loan_method: str
    gender: str
    tenure: str
    arrears: str
    area: str
    borrower: bool
    clients: int
    joined: int
