"""Money as people in Bangladesh read it: grouped by thousand, lakh and crore, in their language's digits."""

from typing import Final

POISHA_PER_TAKA: Final = 100
_BANGLA_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


def format_money(poisha: int, *, language: str) -> str:
    """``12345600`` poisha as ``৳1,23,456`` or ``৳১,২৩,৪৫৬``; poisha are shown only when there are some."""
    taka, rest = divmod(abs(poisha), POISHA_PER_TAKA)
    text = f"{'−' if poisha < 0 else ''}৳{_grouped(str(taka))}{f'.{rest:02d}' if rest else ''}"
    return text.translate(_BANGLA_DIGITS) if language == "bn" else text


def _grouped(digits: str) -> str:
    head, tail = digits[:-3], digits[-3:]
    groups = []
    while head:
        groups.append(head[-2:])
        head = head[:-2]
    return ",".join([*reversed(groups), tail])
