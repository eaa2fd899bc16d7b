"""The SMS provider: POST /sms/messages. A protocol of our own, in the manner of the real ones.

Request: `Authorization: Bearer <token>`, `Idempotency-Key: <1 to 255 characters>`, JSON `{"to", "text"}`.
Answer: `{"id", "to", "status": "queued"}`, 201 the first time and 200 when the key was seen before: then nothing is sent.
Refusals are JSON `{"error"}`: 400 malformed, 401 token, 422 the key was used for another message.
"""

import hmac
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.jsonbody import BadBodyError, json_object
from simulator.messages import Message
from simulator.outage import Target, breakable
from simulator.world import world_of

LONGEST_TEXT_CHARACTERS = 1_600
LONGEST_KEY_CHARACTERS = 255


class RefusedError(Exception):
    """A request that is not carried out: the status code and the text of the answer."""

    def __init__(self, status_code: int, error: str) -> None:
        super().__init__(error)
        self.status_code = status_code


@breakable(Target.SMS)
async def send(request: Request) -> Response:
    """Take a message for delivery, once for each Idempotency-Key."""
    try:
        message, new = await _receive(request)
    except RefusedError as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=refusal.status_code)
    answer = {"id": message.id, "to": message.to, "status": "queued"}
    return JSONResponse(answer, status_code=201 if new else 200)


async def _receive(request: Request) -> tuple[Message, bool]:
    world = world_of(request)
    expected = f"Bearer {world.settings.sms_token}".encode()
    if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
        raise RefusedError(401, "the token is missing or wrong")
    key = request.headers.get("idempotency-key", "").strip()
    if not 1 <= len(key) <= LONGEST_KEY_CHARACTERS:
        raise RefusedError(400, "the Idempotency-Key is missing or too long")
    try:
        body = await json_object(request)
    except BadBodyError as error:
        raise RefusedError(400, str(error)) from None
    to, text = body.get("to"), body.get("text")
    if not isinstance(to, str) or not re.fullmatch(r"\+?[0-9]{6,15}", to):
        raise RefusedError(400, "'to' is not a telephone number")
    if not isinstance(text, str) or not 1 <= len(text) <= LONGEST_TEXT_CHARACTERS:
        raise RefusedError(400, f"'text' is not a text of 1 to {LONGEST_TEXT_CHARACTERS} characters")

    known = world.inbox.find(("sms", key))
    if known is not None and (known.to, known.text) != (to, text):
        raise RefusedError(422, "the Idempotency-Key was used for another message")
    return world.inbox.receive(identity=("sms", key), channel="sms", to=to, text=text, key=key)
