"""The inbox: what customers would have received, and the payments, as a page and as JSON."""

import re
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from simulator.clock import DHAKA
from simulator.layout import page, taka
from simulator.messages import CHANNELS, Message
from simulator.sslcommerz.ledger import Ledger, Refund, Session
from simulator.sslcommerz.page import OUTCOMES
from simulator.world import world_of

SHOWN_ON_PAGE = 100
MAIL_POLICY = "default-src 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


async def show(request: Request) -> Response:
    """GET /: mail, SMS and payments, newest first."""
    world = world_of(request)
    messages = world.inbox.newest_first()
    sessions = world.ledger.sessions_newest_first()
    outages = "".join(
        f'<p class="alert">Outage: {escape(target)} answers with {escape(str(outage["kind"]))}'
        f" for {outage['for_requests']} more requests.</p>"
        for target, outage in world.outages.as_json().items()
    )
    body = f"""<header class="wide"><h1>Inbox</h1>{outages}</header>
<main class="wide columns">
<section aria-labelledby="messages"><h2 id="messages">Messages <span class="count">{len(messages)}</span></h2>
{
        "".join(map(_message_card, messages[:SHOWN_ON_PAGE]))
        or '<p class="empty">No mail and no SMS yet.</p>'
    }</section>
<section aria-labelledby="payments"><h2 id="payments">Payments <span class="count">{len(sessions)}</span></h2>
{
        "".join(_payment_card(world.ledger, one) for one in sessions[:SHOWN_ON_PAGE])
        or '<p class="empty">No payment session yet.</p>'
    }</section>
</main>"""
    return HTMLResponse(page(title="Inbox", body=body))


async def mail_html(request: Request) -> Response:
    """GET /messages/{id}/html: the HTML part of a mail, in a sandbox of its own."""
    message = world_of(request).inbox.get(request.path_params["id"])
    if message is None or not message.html:
        return PlainTextResponse("no such mail", status_code=404)
    return HTMLResponse(message.html, headers={"Content-Security-Policy": MAIL_POLICY})


async def list_messages(request: Request) -> Response:
    """GET /api/messages?to=&channel=: the messages as JSON, newest first."""
    channel = request.query_params.get("channel") or None
    if channel is not None and channel not in CHANNELS:
        return JSONResponse({"error": f"channel is one of {', '.join(CHANNELS)}"}, status_code=400)
    to = request.query_params.get("to") or None
    messages = world_of(request).inbox.newest_first(to=to, channel=channel)
    return JSONResponse([message.as_json() for message in messages])


async def delete_messages(request: Request) -> Response:
    """DELETE /api/messages: forget them all, with what they were recognised by."""
    return JSONResponse({"deleted": world_of(request).inbox.clear()})


async def list_payments(request: Request) -> Response:
    """GET /api/payments?tran_id=: the sessions as JSON, newest first."""
    world = world_of(request)
    tran_id = request.query_params.get("tran_id")
    return JSONResponse(
        [
            _payment_json(world.ledger, session)
            for session in world.ledger.sessions_newest_first()
            if not tran_id or session.tran_id == tran_id
        ]
    )


async def health(_: Request) -> Response:
    """GET /healthz: HTTP and SMTP are served (SMTP listens before HTTP does)."""
    return JSONResponse({"status": "ok"})


def _payment_json(ledger: Ledger, session: Session) -> dict[str, object]:
    return {
        "sessionkey": session.sessionkey,
        "tran_id": session.tran_id,
        "value_a": session.parameters.get("value_a", ""),
        "amount": str(session.asked.amount),
        "status": session.status,
        "transactions": [
            {"status": one.status, "val_id": one.val_id, "bank_tran_id": one.bank_tran_id}
            for one in session.transactions
        ],
        "refunds": [
            {"refund_ref_id": refund.refund_ref_id, "amount": str(refund.amount), "status": refund.status}
            for refund in _refunds_of(ledger, session)
        ],
        "events": session.events,
    }


def _refunds_of(ledger: Ledger, session: Session) -> list[Refund]:
    banked = {transaction.bank_tran_id for transaction in session.transactions}
    return [refund for refund in ledger.refunds() if refund.bank_tran_id in banked]


def _linked(text: str) -> str:
    """`text` escaped, with its web addresses as links."""
    parts = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".,;:!?)।")
        parts.append(escape(text[end : match.start()]))
        parts.append(f'<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>')
        end = match.start() + len(address)
    return "".join(parts) + escape(text[end:])


def _message_card(message: Message) -> str:
    at = message.at.astimezone(DHAKA)
    repeated = (
        f'<span class="tag repeated">received {message.received_count} times</span>'
        if message.received_count > 1
        else ""
    )
    subject = f'<h3 dir="auto">{escape(message.subject)}</h3>' if message.subject else ""
    html = f'<p><a href="/messages/{escape(message.id)}/html">HTML part</a></p>' if message.html else ""
    return f"""<article class="card">
<p class="meta"><span class="tag {message.channel}">{message.channel}</span> <b>{escape(message.to)}</b>
<time datetime="{at.isoformat(timespec="seconds")}">{at:%d %b %H:%M:%S}</time>{repeated}</p>
{subject}<p class="text" dir="auto">{_linked(message.text)}</p>{html}
</article>"""


def _payment_card(ledger: Ledger, session: Session) -> str:
    order = session.parameters.get("value_a") or session.tran_id
    at = session.at.astimezone(DHAKA)
    refunds = "".join(_refund_row(refund) for refund in _refunds_of(ledger, session))
    events = "".join(f"<li>{escape(event)}</li>" for event in session.events)
    return f"""<article class="card">
<p class="meta"><span class="tag {session.status.lower()}">{OUTCOMES[session.status]}</span> <b>{escape(order)}</b>
<time datetime="{at.isoformat(timespec="seconds")}">{at:%d %b %H:%M:%S}</time></p>
<p class="sum"><a href="/gateway/pay/{escape(session.sessionkey)}">{taka(session.asked.amount)}</a></p>{refunds}
<details><summary>What happened</summary><ol>{events}</ol></details>
</article>"""


def _refund_row(refund: Refund) -> str:
    if refund.status != "processing":
        return f'<p class="refund">Refund of {taka(refund.amount)}: {refund.status}</p>'
    buttons = "".join(
        f'<form method="post" action="/refunds/{escape(refund.refund_ref_id)}/{outcome}">'
        f'<button class="small">{label}</button></form>'
        for outcome, label in (("refunded", "Settle"), ("cancelled", "Refuse"))
    )
    return (
        f'<p class="refund">Refund of {taka(refund.amount)}: processing</p><div class="row">{buttons}</div>'
    )
