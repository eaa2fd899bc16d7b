"""Ask the gateway what was paid: the Order Validation API and the Transaction Query API.

Documentation: https://developer.sslcommerz.com/doc/v4/#order-validation-api and #transaction-query-api (parameters,
statuses, APIConnect values, examples). Only format=json, the default, is simulated.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.clock import gateway_time, now
from simulator.outage import Target, breakable
from simulator.sslcommerz.credentials import credentials_hold
from simulator.sslcommerz.ledger import Ledger, Session, Transaction
from simulator.sslcommerz.notification import card_fields, risk_fields
from simulator.world import world_of

Answer = dict[str, object]


@breakable(Target.GATEWAY)
async def validate_order(request: Request) -> Response:
    """GET /validator/api/validationserverAPI.php: the payment with a val_id; the second time it is VALIDATED."""
    world = world_of(request)
    parameters = request.query_params
    if not credentials_hold(parameters, world.settings):
        return JSONResponse({"APIConnect": "FAILED"})
    if not json_is_asked(parameters) or not parameters.get("val_id"):
        return JSONResponse({"APIConnect": "INVALID_REQUEST"})
    found = world.ledger.by_val_id(parameters["val_id"])
    if found is None:
        return JSONResponse({"status": "INVALID_TRANSACTION", "APIConnect": "DONE"})
    session, transaction = found
    status = transaction.validate(now())
    session.note(f"shop: asked for validation, told {status}")
    return JSONResponse({**_details(session, transaction), "status": status, "APIConnect": "DONE"})


def query_by_session(ledger: Ledger, sessionkey: str) -> Answer:
    """The state of a session: its latest transaction, PENDING if there is none yet."""
    session = ledger.session(sessionkey)
    if session is None:
        return {"APIConnect": "INVALID_REQUEST"}
    if not session.transactions:
        return {
            "status": "PENDING",
            "sessionkey": sessionkey,
            "tran_id": session.tran_id,
            **session.asked.as_fields(),
            **session.merchant_values(),
            "APIConnect": "DONE",
        }
    return {
        **_details(session, session.transactions[-1]),
        "sessionkey": sessionkey,
        "APIConnect": "DONE",
    }


def query_by_transaction(ledger: Ledger, tran_id: str) -> Answer:
    """Every transaction tried under the merchant's tran_id; none is an empty list."""
    found = ledger.transactions_of(tran_id)
    return {
        "APIConnect": "DONE",
        "no_of_trans_found": len(found),
        "element": [
            {**_details(session, transaction), "bank_gw": "Dutch Bangla", "error": transaction.error}
            for session, transaction in found
        ],
    }


def json_is_asked(parameters: Mapping[str, str]) -> bool:
    """True unless another format than the default, json, is asked for."""
    return parameters.get("format", "json") == "json"


def _details(session: Session, transaction: Transaction) -> dict[str, str]:
    return {
        "status": transaction.validation_status,
        "tran_date": gateway_time(transaction.at),
        "tran_id": session.tran_id,
        "val_id": transaction.val_id if transaction.status == "VALID" else "",
        "store_amount": transaction.store_amount,
        "bank_tran_id": transaction.bank_tran_id,
        **transaction.money.as_fields(),
        **card_fields(transaction),
        **session.merchant_values(),
        "emi_instalment": "0",
        "emi_amount": "0.00",
        "emi_description": "",
        "emi_issuer": "",
        "account_details": "",
        **risk_fields(transaction),
        "validated_on": gateway_time(transaction.validated_at) if transaction.validated_at else "",
        "gw_version": "",
    }
