"""Initiate a payment: POST /gwprocess/v4/api.php.

Documentation: https://developer.sslcommerz.com/doc/v4/#initiate-payment (request and returned parameters, example).
The texts of `failedreason` are not in it; those here are what the sandbox is reported to say.
Stricter than the original on purpose: a value longer than documented is refused, not cut.
"""

import re
from decimal import Decimal
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.outage import Target, breakable
from simulator.settings import Settings
from simulator.sslcommerz.credentials import credentials_hold
from simulator.sslcommerz.ledger import CENT, Money, Session
from simulator.world import world_of

LEAST_AMOUNT_BDT = Decimal("10.00")
GREATEST_AMOUNT_BDT = Decimal("500000.00")
RATES_IN_BDT = {"BDT": Decimal(1), "USD": Decimal("82.22")}  # the documentation's example rate

# Longest value in characters, for the parameters that must be there.
REQUIRED = {
    "total_amount": 13,
    "currency": 3,
    "tran_id": 30,
    "success_url": 255,
    "fail_url": 255,
    "cancel_url": 255,
    "cus_name": 50,
    "cus_email": 50,
    "cus_add1": 50,
    "cus_city": 50,
    "cus_country": 50,
    "cus_phone": 20,
    "shipping_method": 50,
    "product_name": 255,
    "product_category": 50,
    "product_profile": 100,
}
REQUIRED_IF_SHIPPED = {
    "ship_name": 50,
    "ship_add1": 50,
    "ship_city": 50,
    "ship_postcode": 50,
    "ship_country": 50,
}
OPTIONAL = {
    "ipn_url": 255,
    "cus_add2": 50,
    "cus_state": 50,
    "cus_postcode": 30,
    "value_a": 255,
    "value_b": 255,
    "value_c": 255,
    "value_d": 255,
}
CALLBACKS = ("success_url", "fail_url", "cancel_url", "ipn_url")
PRODUCT_PROFILES = {
    "general",
    "physical-goods",
    "non-physical-goods",
    "airline-tickets",
    "travel-vertical",
    "telecom-vertical",
}
GATEWAYS = {
    "visa": "dbbl_visa,brac_visa,city_visa,ebl_visa,visacard",
    "master": "dbbl_master,brac_master,city_master,ebl_master,mastercard",
    "amex": "city_amex,amexcard",
    "othercards": "dbbl_nexus,qcash,fastcash",
    "internetbanking": "city,bankasia,ibbl,mtbl",
    "mobilebanking": "dbblmobilebanking,bkash,abbank,ibbl",
}


@breakable(Target.GATEWAY)
async def initiate(request: Request) -> Response:
    """Answer SUCCESS with the session's key and the page to send the customer to, or FAILED with a reason."""
    world = world_of(request)
    form = await request.form(max_files=0)
    parameters = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    reason = refusal(parameters, world.settings)
    if reason:
        return JSONResponse(_failed(reason))
    del parameters["store_passwd"]
    session = world.ledger.open_session(parameters=parameters, asked=_money(parameters))
    session.note("session opened")
    return JSONResponse(_success(session, world.settings))


def refusal(parameters: dict[str, str], settings: Settings) -> str | None:
    """The failedreason for these parameters, or None if a session may be opened."""
    if not credentials_hold(parameters, settings):
        return "Store Credential Error Or Store is De-active"
    longest = {**REQUIRED, **(REQUIRED_IF_SHIPPED if parameters.get("shipping_method") == "YES" else {})}
    for name in longest:
        if not parameters.get(name):
            return f"Invalid Information! '{name}' is missing or empty."
    for name, length in {**longest, **OPTIONAL}.items():
        if len(parameters.get(name, "")) > length:
            return f"Invalid Information! '{name}' is longer than {length} characters."
    malformed = _malformed(parameters) or _callback_refusal(parameters, settings)
    return f"Invalid Information! {malformed}" if malformed else None


def callback_allowed(url: str, settings: Settings) -> bool:
    """True if `url` is http or https, without credentials, and its host may be called back."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and (parts.hostname or "") in settings.callback_hosts
            and "@" not in parts.netloc
            and parts.port != 0
        )
    except ValueError:
        return False


def _malformed(parameters: dict[str, str]) -> str | None:
    if parameters["currency"] not in RATES_IN_BDT:
        return "'currency' is not supported."
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", parameters["total_amount"]):
        return "'total_amount' is not a decimal (10,2)."
    if not LEAST_AMOUNT_BDT <= _money(parameters).amount <= GREATEST_AMOUNT_BDT:
        return "'total_amount' must be from 10.00 BDT to 500000.00 BDT."
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", parameters["cus_email"]):
        return "'cus_email' is not a valid email address."
    if parameters["product_profile"] not in PRODUCT_PROFILES:
        return "'product_profile' is not valid."
    return None


def _callback_refusal(parameters: dict[str, str], settings: Settings) -> str | None:
    for name in CALLBACKS:
        url = parameters.get(name, "")
        if url and not callback_allowed(url, settings):
            return f"'{name}' is not an address this simulator may call (SIMULATOR_CALLBACK_HOSTS)."
    return None


def _money(parameters: dict[str, str]) -> Money:
    rate = RATES_IN_BDT[parameters["currency"]]
    asked = Decimal(parameters["total_amount"])
    return Money(
        amount=(asked * rate).quantize(CENT),
        currency_type=parameters["currency"],
        currency_amount=asked,
        currency_rate=rate,
    )


def _success(session: Session, settings: Settings) -> dict[str, object]:
    page = f"{settings.public_url}/gateway/pay/{session.sessionkey}"
    return {
        "status": "SUCCESS",
        "failedreason": "",
        "sessionkey": session.sessionkey,
        "gw": GATEWAYS,
        "redirectGatewayURL": "",
        "directPaymentURLBank": "",
        "directPaymentURLCard": "",
        "directPaymentURL": "",
        "redirectGatewayURLFailed": "",
        "GatewayPageURL": page,
        "storeBanner": "",
        "storeLogo": "",
        "desc": [{"name": "VISA", "type": "visa", "logo": "", "gw": "visacard"}],
        "is_direct_pay_enable": "0",
    }


def _failed(reason: str) -> dict[str, object]:
    return {
        "status": "FAILED",
        "failedreason": reason,
        "sessionkey": "",
        "gw": [],
        "redirectGatewayURL": "",
        "redirectGatewayURLFailed": "",
        "GatewayPageURL": "",
        "storeBanner": "",
        "storeLogo": "",
        "desc": [],
    }
