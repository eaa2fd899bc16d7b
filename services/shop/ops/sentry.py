"""Error reports by Sentry's protocol: what went wrong and where, and nothing about whom it happened to.

An error is reported when it is logged at ERROR or above: by Django for a view, by ops.api for the API, by Celery for a
task, each once. So nothing has to be wrapped around requests, queries or sockets, and a report costs nothing until
there is one (docs/adr/0005-sentry.md has the numbers).

An event is built anew from what is known to be harmless; whatever else the SDK collects is not sent. Names and
addresses look like any other words, so free text of an exception is left out too, unless its class says that the
interpreter or a server wrote it. The whole text stands in the log, which stays in the house: look for the request_id.
"""

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ops import context

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

FLUSH_SECONDS = 2  # how long a process that ends waits until its reports are sent
REDACTED = "[redacted]"
MAXIMUM_TEXT_CHARACTERS = 500

_KEPT = frozenset(
    ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name", "sdk")
)
_KEPT_OF_FRAME = frozenset(
    (
        "filename",
        "abs_path",
        "module",
        "function",
        "lineno",
        "pre_context",
        "context_line",
        "post_context",
        "in_app",
    )
)
# Texts that the interpreter makes of the code's own names: quoted words in them are no data.
_ABOUT_CODE = frozenset(
    [
        "AttributeError",
        "ImportError",
        "ModuleNotFoundError",
        "NameError",
        "UnboundLocalError",
        "TypeError",
        "MemoryError",
        "OverflowError",
        "RecursionError",
        "ZeroDivisionError",
    ]
)
# Texts by the interpreter or a server, in which data may stand, but then in quotes.
_QUOTING = frozenset(
    [
        "KeyError",
        "IndexError",
        "OSError",
        "FileNotFoundError",
        "PermissionError",
        "TimeoutError",
        "BrokenPipeError",
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
    ]
)
_QUOTING_MODULES = ("django.db.utils", "psycopg", "redis", "kombu", "httpx", "httpcore", "billiard")

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_.]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|`[^`]*`")
_PATTERNS = (
    re.compile(r"\b[a-z][a-z0-9+.-]*://\S+"),  # addresses: tokens stand in their paths
    re.compile(r"[^\s@<>\"'()=,;]+@[^\s@<>\"'()=,;]+"),  # e-mail
    re.compile(r"/\S*[A-Za-z0-9_-]{16,}\S*"),  # paths with tokens
    re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"),  # IPv4
    re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"),  # IPv6
    re.compile(r"\+?\d[\d\s().-]{6,}\d"),  # phones; \d is any script's digit, so Bangla's too
    re.compile(r"(?=[\w-]*[A-Z0-9])[A-Za-z0-9_-]{20,}"),  # keys, tokens, hashes; not the_name_of_a_constraint
)


def init(*, dsn: str | None, environment: str, release: str) -> None:
    """Report errors of this process to ``dsn``; without one nothing is imported and nothing happens."""
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
            DedupeIntegration(),
            ExcepthookIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        before_send=before_send,
        before_breadcrumb=before_breadcrumb,
        max_breadcrumbs=0,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        propagate_traces=False,
        traces_sample_rate=None,
        enable_logs=False,
        enable_metrics=False,
        spotlight=False,
        debug=False,
        shutdown_timeout=FLUSH_SECONDS,
    )


def before_breadcrumb(_crumb: Any, _hint: Any) -> None:
    """Keep none: breadcrumbs are log lines, queries and addresses with their values in them."""


def before_send(event: "Event", hint: "Hint") -> "Event | None":
    """The event without anything that is not known to be harmless; None where another event tells the same.

    An exception in here makes the SDK drop the event, so a fault leaks nothing.
    """
    record: logging.LogRecord | None = hint.get("log_record")
    if record is not None and record.name == "django.request" and not record.exc_info:
        return None  # "Internal Server Error", about a response that whoever made it has logged already
    given: Mapping[str, Any] = event
    identity = context.current.get()
    tags = {
        "request_id": identity.request_id,
        "trace_id": identity.trace_id,
        "http.route": _route(record),
        "celery.task_name": _task_name(record),
    }
    kept: dict[str, Any] = {name: given[name] for name in _KEPT & given.keys()}
    kept["tags"] = {name: value for name, value in tags.items() if value}
    if identity.trace_id:
        kept["contexts"] = {"trace": {"trace_id": identity.trace_id, "span_id": identity.span_id}}
    if place := tags["http.route"] or tags["celery.task_name"]:
        kept["transaction"] = place
    if record is not None:
        kept["logentry"] = {
            "message": scrubbed(str(record.msg))
        }  # the template, without what was put into it
    if "exception" in given:
        kept["exception"] = {"values": [_exception(each) for each in given["exception"]["values"]]}
    return kept  # type: ignore[return-value]


def scrubbed(text: str) -> str:
    """A text without addresses, numbers and tokens, of bounded length. It cannot see names: see `before_send`."""
    for pattern in _PATTERNS:
        text = pattern.sub(REDACTED, text)
    return text[:MAXIMUM_TEXT_CHARACTERS]


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        name: value.get(name) for name in ("type", "module", "mechanism", "stacktrace") if value.get(name)
    }
    kept["value"] = _message(value.get("module"), value.get("type") or "", value.get("value") or "")
    if mechanism := value.get("mechanism"):
        kept["mechanism"] = {name: mechanism[name] for name in ("type", "handled") if name in mechanism}
    if stack := value.get("stacktrace"):
        kept["stacktrace"] = {
            "frames": [
                {name: frame[name] for name in _KEPT_OF_FRAME & frame.keys()}
                for frame in stack.get("frames", ())
            ]
        }
    return kept


def _message(module: str | None, name: str, text: str) -> str:
    """What an exception says: its first line, as PostgreSQL quotes whole rows in those that follow."""
    line = text.split("\n", 1)[0]
    if module is None and name in _ABOUT_CODE:
        return scrubbed(line)
    if (module is None and name in _QUOTING) or (module or "").startswith(_QUOTING_MODULES):
        return scrubbed(_QUOTED.sub(_unless_identifier, line))
    return REDACTED


def _unless_identifier(match: re.Match[str]) -> str:
    return match[0] if _IDENTIFIER.fullmatch(match[0][1:-1]) else REDACTED


def _route(record: logging.LogRecord | None) -> str | None:
    """The pattern of the address, never the address itself."""
    known: str | None = getattr(record, "http.route", None)
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return known or (f"/{match.route}" if match else None)


def _task_name(record: logging.LogRecord | None) -> str | None:
    """Celery puts what it says of a failed task into ``data``."""
    data = getattr(record, "data", None)
    name = data.get("name") if isinstance(data, Mapping) else None
    return name if isinstance(name, str) else None
