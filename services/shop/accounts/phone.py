"""Bangladeshi mobile numbers: whatever way a person writes one, kept in E.164.

Numbering plan: BTRC, mobile operators have the prefixes 013 to 019 and eight more digits
(https://www.itu.int/oth/T0202000013/en, +880).
"""

import re
from typing import Final

MAXIMUM_WRITTEN_CHARACTERS: Final = 40

_BANGLA_DIGITS: Final = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_SEPARATORS: Final = re.compile(r"[\s().\-\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]")
_WRITTEN: Final = re.compile(r"^(?:(?:\+|00)?880|0)(1[3-9][0-9]{8})$")


def normalise_mobile(text: str) -> str:
    """``+8801XXXXXXXXX`` for any common way to write the number, in Bangla or Latin digits.

    Raises:
        ValueError: it is no mobile number of Bangladesh.
    """
    if len(text) <= MAXIMUM_WRITTEN_CHARACTERS:
        match = _WRITTEN.match(_SEPARATORS.sub("", text.translate(_BANGLA_DIGITS)))
        if match:
            return f"+880{match[1]}"
    raise ValueError("not a mobile number of Bangladesh")
