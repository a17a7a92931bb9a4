"""Enums whose members have a label for people."""

from enum import Enum
from typing import Self


class Labelled(Enum):
    """Members are written `PARTY = "party", N_("party")`: the value is stored, the label is translated and shown."""

    _value_: str
    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        return member
