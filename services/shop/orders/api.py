"""Orders over HTTP: places, prices, checkout, the tracking page, a customer's orders."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header, Path, Query, Router, Status
from pydantic import Field

from accounts.auth import optional_customer, session_customer
from catalog.selectors import VariantForSale
from ops.api import with_etag
from ops.ratelimit import RATES, limited
from ops.schemas import Problem
from orders import schemas, selectors, services
from orders.checkout import Checkout, place_order
from orders.documents import Document, picture, place
from orders.locations import DIVISIONS
from orders.models import Order
from orders.pricing import CartLine, QuotedLine, quote

router = Router()

LOCATIONS_MAX_AGE_SECONDS = 3600

Key = Annotated[str, Header(alias="Idempotency-Key", pattern=schemas.KEY_PATTERN)]
TokenPath = Annotated[str, Path(pattern=schemas.TOKEN_PATTERN)]
Cursor = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_-]+$")]


@router.get("/locations", response={200: schemas.Locations, 304: None}, operation_id="list_locations")
def list_locations(request: HttpRequest) -> HttpResponse:
    """The divisions and districts of Bangladesh, and what delivery to each costs."""
    return with_etag(request, JsonResponse(_LOCATIONS), max_age_seconds=LOCATIONS_MAX_AGE_SECONDS)


@router.post(
    "/cart/quote", response={200: schemas.Quote, 400: Problem, 422: Problem}, operation_id="quote_cart"
)
def quote_cart(request: HttpRequest, cart: schemas.QuoteIn) -> Document:
    """What a cart costs now, and which of its lines cannot be had. Promises nothing."""
    quoted = quote(lines=_cart_lines(cart), district=cart.district)
    return {
        "lines": [_quote_line(line) for line in quoted.lines],
        "subtotal_poisha": quoted.totals.subtotal_poisha,
        "delivery_poisha": quoted.totals.delivery_poisha,
        "total_poisha": quoted.totals.total_poisha,
        "orderable": quoted.orderable,
    }


@router.post(
    "/orders",
    response={
        201: schemas.Order,
        400: Problem,
        403: Problem,
        409: Problem,
        422: Problem,
        429: Problem,
        503: Problem,
    },
    operation_id="place_order",
)
@limited("checkout", rate=RATES.CHECKOUT)
def create_order(request: HttpRequest, body: schemas.OrderIn, idempotency_key: Key) -> Status[Document]:
    """Place an order, as a guest or signed in. The same key and body give the same answer, once placed."""
    customer = optional_customer(request)
    checkout = Checkout(
        lines=_cart_lines(body),
        name=body.contact.name,
        phone=body.contact.phone,
        email=body.contact.email or "",
        line1=body.address.line1,
        area=body.address.area,
        district=body.address.district,
        postcode=body.address.postcode or "",
        payment_method=Order.PaymentMethod(body.payment_method),
        expected_total_poisha=body.expected_total_poisha,
        language=body.language,
    )
    document = place_order(
        key=idempotency_key, checkout=checkout, customer_id=customer.pk if customer else None
    )
    return Status(201, document)


@router.get(
    "/orders/{token}", response={200: schemas.Order, 404: Problem, 422: Problem}, operation_id="get_order"
)
def get_order(request: HttpRequest, response: HttpResponse, token: TokenPath) -> Document:
    """The order's page: whoever has the token may see it."""
    response["Cache-Control"] = "no-store"
    return selectors.order_by_token(token=token)


@router.post(
    "/orders/{token}/cancel",
    response={200: schemas.Order, 404: Problem, 409: Problem, 422: Problem, 503: Problem},
    operation_id="cancel_order",
)
def cancel_order(request: HttpRequest, token: TokenPath) -> Document:
    """Cancel an order that is not packed yet. A paid one is refunded."""
    return selectors.document_of(services.cancel_by_customer(token=token))


@router.get(
    "/account/orders",
    response={200: schemas.OrderPage, 400: Problem, 401: Problem, 422: Problem},
    auth=session_customer,
    tags=["account"],
    operation_id="list_orders",
)
def list_orders(
    request: HttpRequest, response: HttpResponse, cursor: Annotated[Cursor | None, Query()] = None
) -> Document:
    """The signed-in customer's orders, newest first."""
    response["Cache-Control"] = "no-store"
    page = selectors.orders_of_customer(customer_id=request.auth.pk, cursor=cursor)  # type: ignore[attr-defined]
    return {"items": page.items, "next_cursor": page.next_cursor}


def _cart_lines(cart: schemas.CartIn) -> list[CartLine]:
    return [CartLine(sku=line.sku, quantity=line.quantity) for line in cart.lines]


def _quote_line(quoted: QuotedLine) -> Document:
    return {
        "sku": quoted.line.sku,
        **_names(quoted.variant),
        "unit_price_poisha": quoted.unit_price_poisha,
        "quantity": quoted.line.quantity,
        "max_quantity": quoted.max_quantity,
        "line_total_poisha": quoted.total_poisha,
        "problem": quoted.problem,
    }


def _names(variant: VariantForSale | None) -> Document:
    if variant is None:
        return {"product_slug": None, "name": None, "variant_name": None, "picture": None}
    return {
        "product_slug": variant.product_slug,
        "name": {"en": variant.name_en, "bn": variant.name_bn},
        "variant_name": {"en": variant.variant_name_en, "bn": variant.variant_name_bn},
        "picture": picture(
            digest=variant.picture_digest,
            width=variant.picture_width,
            height=variant.picture_height,
            alt={"en": variant.picture_alt_en, "bn": variant.picture_alt_bn},
        ),
    }


_LOCATIONS: Document = {
    "divisions": [
        {
            **place(division),
            "districts": [
                {**place(district), "delivery_poisha": district.delivery_poisha}
                for district in division.districts
            ],
        }
        for division in DIVISIONS
    ]
}
