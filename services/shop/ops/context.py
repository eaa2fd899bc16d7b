"""What the current request or task is: carried in context variables, put on every log line."""

import logging
import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

# W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header-field-values
TRACEPARENT = re.compile(r"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$")
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


@dataclass(slots=True)
class Context:
    """Identity of one request or task, named as OpenTelemetry names it."""

    request_id: str = ""
    trace_id: str = ""
    span_id: str = ""
    trace_flags: str = "01"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def traceparent(self) -> str:
        """The W3C header to hand on to whatever this work causes; empty outside a trace."""
        return f"00-{self.trace_id}-{self.span_id}-{self.trace_flags}" if self.trace_id else ""


current: ContextVar[Context] = ContextVar("context", default=Context())


def begin(*, traceparent: str = "", request_id: str = "") -> Context:
    """Start a span: go on with the caller's trace when its header is well formed, else begin one."""
    match = TRACEPARENT.match(traceparent)
    context = Context(
        request_id=request_id if REQUEST_ID.match(request_id) else secrets.token_hex(16),
        trace_id=match[1] if match else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
        trace_flags=match[3] if match else "01",
    )
    current.set(context)
    return context


class ContextFilter(logging.Filter):
    """Puts the context's ids on a log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        context = current.get()
        if context.trace_id:
            record.request_id = context.request_id
            record.trace_id = context.trace_id
            record.span_id = context.span_id
        return True
