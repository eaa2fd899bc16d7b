"""The control API: what tests do instead of pressing buttons, and outages. Answers and bodies are JSON."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from simulator.clock import now
from simulator.jsonbody import BadBodyError, json_object
from simulator.outage import LONGEST_OUTAGE_REQUESTS, Kind, Target
from simulator.sslcommerz.behaviour import Behaviour
from simulator.sslcommerz.ledger import Refund
from simulator.sslcommerz.payment import (
    NothingHeldError,
    Result,
    SessionClosedError,
    browse,
    perform,
    release,
)
from simulator.world import World, world_of

TRUTHS = {"true": True, "false": False}


async def pay(request: Request) -> Response:
    """POST /control/pay/{sessionkey}/{behaviour}?browser=false: do it, and answer with what was sent and answered.

    browser=true: the simulator also POSTs to the return address, as the customer's browser would.
    """
    world = world_of(request)
    session = world.ledger.session(request.path_params["sessionkey"])
    if session is None:
        return _refused(404, "no such session")
    try:
        behaviour = Behaviour(request.path_params["behaviour"])
    except ValueError:
        return _refused(404, f"behaviour is one of {', '.join(Behaviour)}")
    browser = TRUTHS.get(request.query_params.get("browser", "false"))
    if browser is None:
        return _refused(400, "browser is true or false")
    try:
        return await _answer(world, await perform(world, session, behaviour), browser=browser)
    except SessionClosedError:
        return _refused(409, f"the session is over: {session.status}")


async def release_held(request: Request) -> Response:
    """POST /control/release/{sessionkey}?browser=false: settle a pending payment and notify the shop."""
    world = world_of(request)
    session = world.ledger.session(request.path_params["sessionkey"])
    if session is None:
        return _refused(404, "no such session")
    browser = TRUTHS.get(request.query_params.get("browser", "false"))
    if browser is None:
        return _refused(400, "browser is true or false")
    try:
        return await _answer(world, await release(world, session), browser=browser)
    except NothingHeldError:
        return _refused(409, "nothing is held in this session")


async def settle_refund(request: Request) -> Response:
    """POST /control/refunds/{refund_ref_id}/{outcome}: end a refund as `refunded` or `cancelled`."""
    refund = _settle(request)
    if isinstance(refund, Response):
        return refund
    return JSONResponse({"refund_ref_id": refund.refund_ref_id, "status": refund.status})


async def settle_refund_by_button(request: Request) -> Response:
    """POST /refunds/{refund_ref_id}/{outcome}: the same for the inbox's buttons; goes back to the inbox."""
    refund = _settle(request)
    return refund if isinstance(refund, Response) else RedirectResponse("/", status_code=303)


async def begin_outage(request: Request) -> Response:
    """POST /control/outage {"target": "gateway", "for_requests": n, "kind": …}; 0 requests end it."""
    world = world_of(request)
    try:
        body = await json_object(request)
        target = Target(str(body.get("target", Target.GATEWAY.value)))
        kind = Kind(str(body.get("kind")))
    except (BadBodyError, ValueError) as error:
        return _refused(400, str(error))
    count = body.get("for_requests")
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= LONGEST_OUTAGE_REQUESTS:
        return _refused(400, f"for_requests is an integer from 0 to {LONGEST_OUTAGE_REQUESTS}")
    world.outages.begin(target=target, kind=kind, for_requests=count)
    return JSONResponse(world.outages.as_json())


async def list_outages(request: Request) -> Response:
    """GET /control/outage: the outages under way."""
    return JSONResponse(world_of(request).outages.as_json())


async def end_outages(request: Request) -> Response:
    """DELETE /control/outage: end them all."""
    world_of(request).outages.under_way.clear()
    return JSONResponse({})


async def reset(request: Request) -> Response:
    """POST /control/reset: forget messages, payments, refunds and outages."""
    world = world_of(request)
    world.inbox.clear()
    world.ledger.clear()
    world.outages.under_way.clear()
    return JSONResponse({})


async def _answer(world: World, result: Result, *, browser: bool) -> Response:
    browsed = await browse(world, result) if browser else None
    return JSONResponse({**result.as_json(), "browser": browsed.as_json() if browsed else None})


def _settle(request: Request) -> Refund | Response:
    refund = world_of(request).ledger.refund(request.path_params["refund_ref_id"])
    if refund is None:
        return _refused(404, "no such refund")
    if refund.status != "processing":
        return _refused(409, f"the refund is over: {refund.status}")
    match request.path_params["outcome"]:
        case "refunded":
            refund.status = "refunded"
            refund.refunded_at = now()
        case "cancelled":
            refund.status = "cancelled"
        case _:
            return _refused(404, "outcome is refunded or cancelled")
    return refund


def _refused(status_code: int, error: str) -> Response:
    return JSONResponse({"error": error}, status_code=status_code)
