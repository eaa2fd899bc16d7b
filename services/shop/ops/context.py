"""What the current request or task is: carried in context variables, put on every log line."""

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header-field-values
TRACEPARENT = re.compile(r"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$")
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


@dataclass(frozen=True, slots=True)
class Context:
    """Identity of one request or task, named as OpenTelemetry names it."""

    request_id: str = ""
    trace_id: str = ""
    span_id: str = ""
    trace_flags: str = "01"

    @property
    def traceparent(self) -> str:
        """The W3C header to hand on to whatever this work causes; empty outside a trace."""
        return f"00-{self.trace_id}-{self.span_id}-{self.trace_flags}" if self.trace_id else ""


OUTSIDE = Context()
current: ContextVar[Context] = ContextVar("context", default=OUTSIDE)


def new(*, traceparent: str = "", request_id: str = "") -> Context:
    """A span: it goes on with the caller's trace when that header is well formed, else begins one."""
    match = TRACEPARENT.match(traceparent)
    return Context(
        request_id=request_id if REQUEST_ID.match(request_id) else secrets.token_hex(16),
        trace_id=match[1] if match else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
        trace_flags=match[3] if match else "01",
    )


def begin(*, traceparent: str = "", request_id: str = "") -> Context:
    """Make a new span the current one, until the next begins."""
    context = new(traceparent=traceparent, request_id=request_id)
    current.set(context)
    return context


@contextmanager
def span(*, traceparent: str = "", request_id: str = "") -> Iterator[Context]:
    """A new span for the block; afterwards the one before is the current one again.

    Without ``traceparent`` it goes on with the current trace.
    """
    around = current.get()
    token = current.set(
        new(traceparent=traceparent or around.traceparent, request_id=request_id or around.request_id)
    )
    try:
        yield current.get()
    finally:
        current.reset(token)


class ContextFilter(logging.Filter):
    """Puts the context's ids on a log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        context = current.get()
        if context.trace_id:
            record.request_id = context.request_id
            record.trace_id = context.trace_id
            record.span_id = context.span_id
        return True
