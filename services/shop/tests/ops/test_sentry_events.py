"""What is kept of an event: nothing that could be personal, and enough to find the fault."""

import json
import logging

import pytest

from ops import context, sentry
from tests.ops.planted import (
    BEARER,
    CLIENT,
    EMAIL,
    NAME,
    NAME_LATIN,
    PHONE,
    PHONE_BANGLA,
    PLANTED,
    RESET_TOKEN,
    TOKEN,
    planted_in,
)


def record(**fields: object) -> logging.LogRecord:
    return logging.makeLogRecord(
        {
            "name": "shop",
            "levelno": logging.ERROR,
            "msg": "%s wrote to %s",
            "args": (NAME_LATIN, EMAIL),
            **fields,
        }
    )


def exception_event(module: str | None, name: str, text: str) -> dict[str, object]:
    frame = {"function": "f", "lineno": 1, "vars": {"phone": PHONE}, "context_line": "raise"}
    value = {
        "type": name,
        "module": module,
        "value": text,
        "mechanism": {"type": "logging", "handled": True, "data": {"who": NAME}},
        "stacktrace": {"frames": [frame], "registers": {"a": PHONE}},
    }
    return {"event_id": "e", "exception": {"values": [value]}}


def test_nothing_unknown_is_kept() -> None:
    """Whatever this or a later SDK puts into an event, and wherever: only what is named in the code goes out."""
    unknown = {
        name: {"x": list(PLANTED)} for name in ("request", "user", "extra", "breadcrumbs", "modules", "new")
    }
    event = {
        **exception_event(None, "ValueError", f"{NAME} {EMAIL}"),
        **unknown,
        "tags": {"customer": EMAIL},
        "contexts": {"celery-job": {"args": [PHONE]}},
        "logentry": {"message": "x", "formatted": NAME, "params": [EMAIL]},
        "transaction": f"/orders/{TOKEN}",
    }

    with context.span():
        kept = sentry.before_send(event, {"log_record": record(data={"args": PHONE})})  # type: ignore[arg-type]

    assert set(kept or {}) == {"event_id", "tags", "contexts", "logentry", "exception"}
    assert planted_in(json.dumps(kept, ensure_ascii=False)) == []
    assert (kept or {})["logentry"] == {"message": "%s wrote to %s"}


@pytest.mark.parametrize(
    ("module", "name", "text", "sent"),
    [
        (None, "ZeroDivisionError", "division by zero", "division by zero"),
        (
            None,
            "AttributeError",
            "'NoneType' object has no attribute 'pk'",
            "'NoneType' object has no attribute 'pk'",
        ),
        (None, "KeyError", "'sku'", "'sku'"),
        (None, "KeyError", repr(NAME_LATIN), sentry.REDACTED),
        (None, "ValueError", f"no customer {NAME_LATIN}", sentry.REDACTED),
        ("payments.errors", "GatewayUnavailable", f"for {NAME_LATIN}", sentry.REDACTED),
        (
            "django.db.utils",
            "IntegrityError",
            f'duplicate key value violates unique constraint "user_email_lower_case"\nDETAIL:  Key (email)=({EMAIL})',
            'duplicate key value violates unique constraint "user_email_lower_case"',
        ),
        (
            "django.db.utils",
            "DataError",
            f'invalid input syntax for type integer: "{NAME_LATIN}"',
            f"invalid input syntax for type integer: {sentry.REDACTED}",
        ),
        (
            "redis.exceptions",
            "ConnectionError",
            "Error 111 connecting to 10.1.2.3:6379. Connection refused.",
            f"Error 111 connecting to {sentry.REDACTED}:6379. Connection refused.",
        ),
    ],
)
def test_of_an_exception_s_text_only_what_cannot_be_personal_is_sent(
    module: str | None, name: str, text: str, sent: str
) -> None:
    """What the interpreter or PostgreSQL says about our code stays readable; free text and rows do not go out."""
    kept = sentry.before_send(exception_event(module, name, text), {})  # type: ignore[arg-type]

    assert kept is not None
    [value] = kept["exception"]["values"]
    assert value["value"] == sent
    assert planted_in(json.dumps(kept, ensure_ascii=False)) == []


@pytest.mark.parametrize(
    "value",
    [
        *(PHONE, PHONE_BANGLA, "01712-345678", "+880 1712 345678", EMAIL, TOKEN, RESET_TOKEN, BEARER, CLIENT),
        *("2001:db8::7334", f"https://shop.example/orders/{TOKEN}?a=1", f"/account/reset/MTIz/{RESET_TOKEN}"),
        "redis://:secret@redis:6379/1",
    ],
)
def test_what_has_a_shape_is_found_anywhere(value: str) -> None:
    """In the middle of a sentence, in brackets, as a value."""
    for text in (f"cannot send to {value} now", f"({value})", f"to={value}, again", value):
        assert value not in sentry.scrubbed(text)
        assert sentry.REDACTED in sentry.scrubbed(text)


@pytest.mark.parametrize(
    "text",
    [
        "canceling statement due to statement timeout",
        'new row for relation "inventory_stock" violates check constraint "stock_never_oversold"',
        "Task %(name)s[%(id)s] %(description)s: %(exc)s",
        "took 1234 ms in orders.services:lock_order",
    ],
)
def test_what_helps_stays(text: str) -> None:
    """The pair of the test above: scrubbing everything would pass that one."""
    assert sentry.scrubbed(text) == text


def test_an_error_that_is_told_twice_is_sent_once() -> None:
    """Django adds "Internal Server Error" to each 500 that the API has logged already."""
    told = sentry.before_send({"event_id": "e"}, {"log_record": record(name="django.request")})
    own = sentry.before_send({"event_id": "e"}, {"log_record": record(name="shop")})

    assert told is None
    assert own is not None


def test_no_breadcrumb_is_kept() -> None:
    """They are log lines, queries and addresses, with their values."""
    assert sentry.before_breadcrumb({"message": EMAIL}, {}) is None  # type: ignore[func-returns-value]
