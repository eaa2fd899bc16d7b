"""The payment page: a button for each behaviour, and what happened after one was pressed.

The hand-over to the shop is a form that a script submits at once; without JavaScript its button does.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulator.layout import page, taka
from simulator.sslcommerz.behaviour import PLANS, Behaviour
from simulator.sslcommerz.ledger import Session
from simulator.sslcommerz.payment import NothingHeldError, Result, SessionClosedError, perform, release
from simulator.world import world_of

GROUPS = {
    "honest": "What banks and customers do",
    "late": "Late, twice, never",
    "dishonest": "Lies and forgeries",
}
OUTCOMES = {
    "VALID": "Paid",
    "FAILED": "Declined",
    "CANCELLED": "Cancelled",
    "PENDING": "Pending at the bank",
    "OPEN": "Nothing paid",
}


async def show(request: Request) -> Response:
    """GET /gateway/pay/{sessionkey}."""
    session = world_of(request).ledger.session(request.path_params["sessionkey"])
    if session is None:
        return _unknown()
    return HTMLResponse(page(title=f"Pay {_order_of(session)}", body=_session_page(session)))


async def pay(request: Request) -> Response:
    """POST /gateway/pay/{sessionkey}/{behaviour}, `release` among them: do it, then send the browser on."""
    world = world_of(request)
    session = world.ledger.session(request.path_params["sessionkey"])
    action = request.path_params["behaviour"]
    if session is None or action not in {*Behaviour, "release"}:
        return _unknown()
    try:
        if action == "release":
            result = await release(world, session)
        else:
            result = await perform(world, session, Behaviour(action))
    except (SessionClosedError, NothingHeldError):
        body = _session_page(session)
        return HTMLResponse(page(title=f"Pay {_order_of(session)}", body=body), status_code=409)
    return HTMLResponse(page(title=f"{_outcome(session)}: {_order_of(session)}", body=_result_page(result)))


def _order_of(session: Session) -> str:
    return session.parameters.get("value_a") or session.tran_id


def _outcome(session: Session) -> str:
    return OUTCOMES[session.status]


def _unknown() -> Response:
    body = '<main class="narrow"><h1>No such payment</h1><p>It is unknown here, or was dropped as too old.</p></main>'
    return HTMLResponse(page(title="No such payment", body=body), status_code=404)


def _heading(session: Session) -> str:
    parameters = session.parameters
    amount = f"{session.asked.currency_amount:.2f} {escape(session.asked.currency_type)}"
    if session.asked.currency_type == "BDT":
        amount = taka(session.asked.amount)
    return f"""<h1 class="amount">{amount}</h1>
<dl>
<div><dt>Order</dt><dd>{escape(_order_of(session))}</dd></div>
<div><dt>Transaction</dt><dd>{escape(session.tran_id)}</dd></div>
<div><dt>For</dt><dd dir="auto">{escape(parameters["product_name"])}</dd></div>
<div><dt>Customer</dt><dd dir="auto">{escape(parameters["cus_name"])}, {escape(parameters["cus_phone"])}</dd></div>
</dl>"""


def _session_page(session: Session) -> str:
    content = _release_form(session) if session.held else _buttons(session)
    if session.closed:
        content = (
            f'<p class="status">{_outcome(session)}</p>{_back(session) if not session.held else content}'
        )
    return f'<main class="narrow"><section class="card">{_heading(session)}</section>{content}{_events(session)}</main>'


def _buttons(session: Session) -> str:
    sections = []
    for group, title in GROUPS.items():
        forms = "".join(
            f"""<form method="post" action="/gateway/pay/{escape(session.sessionkey)}/{behaviour}">
<button class="{group}" aria-describedby="about-{behaviour}">{escape(plan.label)}</button>
<p id="about-{behaviour}">{escape(plan.explanation)}</p></form>"""
            for behaviour, plan in PLANS.items()
            if plan.group == group
        )
        sections.append(f'<section class="choices"><h2>{title}</h2>{forms}</section>')
    return "".join(sections)


def _release_form(session: Session) -> str:
    return f"""<form method="post" action="/gateway/pay/{escape(session.sessionkey)}/release">
<button class="late">Release the notification</button>
<p>The bank settles the payment now; the shop is notified, then the browser returns.</p></form>"""


def _back(session: Session) -> str:
    """A plain link to where the shop wanted the customer to go, without the fields of a payment."""
    return f'<p><a href="{escape(session.parameters["cancel_url"])}">Back to the shop</a></p>'


def _result_page(result: Result) -> str:
    session = result.session
    parts = [f'<section class="card">{_heading(session)}</section><p class="status">{_outcome(session)}</p>']
    if result.return_url:
        parts.append(_hand_over(result))
    elif session.held:
        parts.append(_release_form(session))
    else:
        again = f"/gateway/pay/{escape(session.sessionkey)}"
        parts.append(f"""<p>Nobody was told, and this page goes nowhere: this is all the customer sees.</p>
<p><a href="{again}">The session is still open: choose again</a></p>""")
    return f'<main class="narrow">{"".join(parts)}{_events(session)}</main>'


def _hand_over(result: Result) -> str:
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in result.fields.items()
    )
    return f"""<form method="post" action="{escape(result.return_url)}" data-submit-at-once>
{inputs}<button class="honest">Continue to the shop</button></form>"""


def _events(session: Session) -> str:
    lines = "".join(f"<li>{escape(event)}</li>" for event in session.events)
    return f'<section class="events"><h2>What happened</h2><ol>{lines}</ol></section>'
