"""Read a small JSON object from a request."""

import json

from starlette.requests import Request

LONGEST_BODY_BYTES = 64 * 1024


class BadBodyError(Exception):
    """The body is not what the endpoint takes; the text says why."""


async def json_object(request: Request) -> dict[str, object]:
    """The request's body as a JSON object; raise BadBodyError if it is too long, not JSON or not an object."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY_BYTES:
            raise BadBodyError(f"the body is longer than {LONGEST_BODY_BYTES} bytes")
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but not text
    except (ValueError, RecursionError):
        raise BadBodyError("the body is not JSON") from None
    if not isinstance(value, dict):
        raise BadBodyError("the body is not a JSON object")
    return value
