"""Shapes that every part of the API shares."""

from ninja import Schema


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
