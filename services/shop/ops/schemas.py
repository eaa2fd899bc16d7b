"""Shapes that every part of the API shares."""

from ninja import Schema
from pydantic import ConfigDict, StringConstraints

# No control characters: PostgreSQL keeps no NUL, and a line break could add a header to a mail.
_ONE_LINE = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"


def one_line(longest: int, shortest: int = 1) -> StringConstraints:
    """Bounds of a text of one line, in characters without the spaces around it."""
    return StringConstraints(
        strip_whitespace=True, min_length=shortest, max_length=longest, pattern=_ONE_LINE
    )


class Strict(Schema):
    """Input: an unknown field is a mistake of the caller, not something to ignore."""

    model_config = ConfigDict(extra="forbid")


class LocalizedText(Schema):
    en: str
    bn: str


class ProblemField(Schema):
    field: str
    code: str
    messages: LocalizedText


class Problem(Schema):
    """RFC 9457 problem document, with a stable ``code`` and the text in both languages."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    messages: LocalizedText
    request_id: str
    errors: list[ProblemField] | None = None
