"""Give money back: initiate a refund, ask how it goes; and the endpoint that serves these and the transaction queries.

Documentation: https://developer.sslcommerz.com/doc/v4/#initiate-the-refund and #query-refund-status (parameters,
statuses, examples). `refund_trans_id` is mandatory since 24 February 2025. The texts of `errorReason` are ours.
"""

import re
import secrets
from collections.abc import Mapping
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.clock import gateway_time
from simulator.outage import Target, breakable
from simulator.sslcommerz.credentials import credentials_hold
from simulator.sslcommerz.ledger import Ledger, Refund
from simulator.sslcommerz.validation import Answer, json_is_asked, query_by_session, query_by_transaction
from simulator.world import world_of

LONGEST = {"bank_tran_id": 80, "refund_trans_id": 30, "refund_amount": 13, "refund_remarks": 255}


@breakable(Target.GATEWAY)
async def merchant_query(request: Request) -> Response:
    """GET /validator/api/merchantTransIDvalidationAPI.php: which call it is, the parameters tell."""
    world = world_of(request)
    parameters = request.query_params
    if not credentials_hold(parameters, world.settings):
        return JSONResponse({"APIConnect": "FAILED"})
    return JSONResponse(_answer(world.ledger, parameters))


def _answer(ledger: Ledger, parameters: Mapping[str, str]) -> Answer:
    if json_is_asked(parameters):
        if parameters.get("refund_ref_id"):
            return query_refund(ledger, parameters["refund_ref_id"])
        if parameters.get("bank_tran_id"):
            return initiate_refund(ledger, parameters)
        if parameters.get("sessionkey"):
            return query_by_session(ledger, parameters["sessionkey"])
        if parameters.get("tran_id"):
            return query_by_transaction(ledger, parameters["tran_id"])
    return {"APIConnect": "INVALID_REQUEST"}


def initiate_refund(ledger: Ledger, parameters: Mapping[str, str]) -> Answer:
    """Start a refund: success. The same refund_trans_id again: processing, with the same reference. Else failed."""
    for name, length in LONGEST.items():
        value = parameters.get(name, "").strip()
        if not value or len(value) > length:
            return {"APIConnect": "INVALID_REQUEST", "errorReason": f"'{name}' is missing, empty or too long"}
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", parameters["refund_amount"].strip()):
        return {"APIConnect": "INVALID_REQUEST", "errorReason": "'refund_amount' is not a decimal (10,2)"}

    wanted = Refund(
        refund_ref_id=secrets.token_hex(7)[:13],
        refund_trans_id=parameters["refund_trans_id"].strip(),
        bank_tran_id=parameters["bank_tran_id"].strip(),
        tran_id="",
        amount=Decimal(parameters["refund_amount"].strip()),
        remarks=parameters["refund_remarks"].strip(),
    )
    known = next((one for one in ledger.refunds() if one.refund_trans_id == wanted.refund_trans_id), None)
    if known is not None:
        if (known.bank_tran_id, known.amount) != (wanted.bank_tran_id, wanted.amount):
            return _failed(wanted, "refund_trans_id was used for another refund")
        return _started(known, "processing")
    return _start(ledger, wanted)


def query_refund(ledger: Ledger, refund_ref_id: str) -> Answer:
    """How the refund with the gateway's reference goes."""
    refund = ledger.refund(refund_ref_id)
    if refund is None:
        return {"APIConnect": "INVALID_REQUEST", "errorReason": "refund_ref_id is not known"}
    return {
        "APIConnect": "DONE",
        "bank_tran_id": refund.bank_tran_id,
        "tran_id": refund.tran_id,
        "initiated_on": gateway_time(refund.initiated_at),
        "refunded_on": gateway_time(refund.refunded_at) if refund.refunded_at else "",
        "status": refund.status,
        "refund_ref_id": refund.refund_ref_id,
        "errorReason": "",
    }


def _start(ledger: Ledger, wanted: Refund) -> Answer:
    found = ledger.by_bank_tran_id(wanted.bank_tran_id)
    if found is None:
        return _failed(wanted, "bank_tran_id is not a paid transaction")
    session, transaction = found
    given_back = sum(
        one.amount
        for one in ledger.refunds()
        if one.bank_tran_id == wanted.bank_tran_id and one.status != "cancelled"
    )
    if not 0 < wanted.amount <= transaction.money.amount - given_back:
        return _failed(wanted, "refund_amount is more than what is left of the payment")
    wanted.tran_id = session.tran_id
    ledger.add_refund(wanted)
    session.note(f"shop: asked to refund {wanted.amount} BDT ({wanted.remarks})")
    return _started(wanted, "success")


def _started(refund: Refund, status: str) -> Answer:
    return {
        "APIConnect": "DONE",
        "bank_tran_id": refund.bank_tran_id,
        "trans_id": refund.tran_id,
        "refund_ref_id": refund.refund_ref_id,
        "status": status,
        "errorReason": "",
    }


def _failed(refund: Refund, reason: str) -> Answer:
    return {
        "APIConnect": "DONE",
        "bank_tran_id": refund.bank_tran_id,
        "trans_id": "",
        "refund_ref_id": "",
        "status": "failed",
        "errorReason": reason,
    }
