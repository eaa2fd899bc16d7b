"""What a person signs in with: an e-mail address or a mobile number, in its normal form."""

import hashlib
import re

from accounts.phone import normalise_mobile

LONGEST_LOGIN_CHARACTERS = 254
# One address as SMTP and PostgreSQL take it; whether someone reads it is for the mail itself to show.
EMAIL_PATTERN = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$"


def normalise_email(text: str) -> str:
    """Lower case: no provider in use tells the parts of an address apart by case.

    Raises:
        ValueError: it is no e-mail address.
    """
    email = text.strip()
    if len(email) > LONGEST_LOGIN_CHARACTERS or not re.match(EMAIL_PATTERN, email):
        raise ValueError("not an e-mail address")
    return email.lower()


def normalise_login(text: str) -> str | None:
    """The e-mail address or mobile number meant by ``text``; None if it is neither."""
    try:
        return normalise_email(text) if "@" in text else normalise_mobile(text)
    except ValueError:
        return None


def fingerprint(text: str) -> str:
    """A name for a login that nobody has: the text itself may be personal, or a password typed into the wrong field."""
    normal = normalise_login(text) or text.strip().casefold()
    return hashlib.sha256(normal.encode()).hexdigest()[:24]
