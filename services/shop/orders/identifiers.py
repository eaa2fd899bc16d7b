"""How an order is called: a number to say on the telephone, and a token that nobody can guess."""

import secrets
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

# Crockford's base 32 leaves out I, L, O and U, which are misread: https://www.crockford.com/base32.html
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS: Final = 8  # 40 bits: not to be guessed, and rarely met twice in a year
TOKEN_BYTES: Final = 32
DHAKA: Final = ZoneInfo("Asia/Dhaka")


def new_number(*, at: datetime) -> str:
    """``DC-26-7K2M9QXD``: the year in Dhaka and eight random characters."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return f"DC-{at.astimezone(DHAKA):%y}-{text}"


def new_token() -> str:
    """43 characters of [A-Za-z0-9_-], 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)
