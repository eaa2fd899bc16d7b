"""What all pages of the simulator share: the frame, escaping, the security headers."""

from decimal import Decimal
from html import escape

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.settings import Settings


def page(*, title: str, body: str) -> str:
    """A whole HTML page; `title` is text, `body` is HTML."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
<script src="/assets/submit.js" defer></script>
</head>
<body>
<p class="banner">Simulator for development: no money moves, no message leaves this machine.</p>
{body}
</body>
</html>
"""


def taka(amount: Decimal) -> str:
    """`amount` with the taka sign and the grouping of Bangladesh: ৳1,23,456.00."""
    whole, _, cents = f"{amount:.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [tail]
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return f"৳{','.join(groups)}.{cents}"


class SecurityHeaders:
    """Middleware: a strict Content-Security-Policy and friends on every answer that has none of its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        # Browsers apply form-action to redirects too, hence the callback hosts in both schemes and on any port.
        targets = " ".join(
            f"{scheme}://{host}:*" for host in sorted(settings.callback_hosts) for scheme in ("http", "https")
        )
        self._headers = {
            "content-security-policy": (
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                f"form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'"
            ),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cache-control": "no-store",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
