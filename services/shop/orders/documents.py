"""An order as the API shows it. Whoever has the token sees this, so phone and e-mail are masked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from catalog.answers import picture_url
from orders.locations import DISTRICTS, DIVISION_OF, District, Division
from orders.models import Order, OrderEvent
from orders.states import CANCELLABLE_BY_CUSTOMER

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LineView:
    """One line, with the picture that its product has now."""

    sku: str
    product_slug: str
    name_en: str
    name_bn: str
    variant_name_en: str
    variant_name_bn: str
    unit_price_poisha: int
    quantity: int
    picture_digest: str
    picture_width: int
    picture_height: int


def order_document(
    order: Order, *, lines: Iterable[LineView], history: Iterable[OrderEvent], now: datetime
) -> Document:
    """The shape ``orders.schemas.Order``, in plain JSON values."""
    district = DISTRICTS[order.address_district]
    return {
        "token": order.token,
        "number": order.number,
        "status": order.status,
        "payment": {"method": order.payment_method, "status": order.payment_status},
        "created_at": moment(order.created_at),
        "expires_at": moment(order.expires_at) if order.expires_at else None,
        "lines": [_line(line) for line in lines],
        "subtotal_poisha": order.subtotal_poisha,
        "delivery_poisha": order.delivery_poisha,
        "total_poisha": order.total_poisha,
        "contact": {
            "name": order.contact_name,
            "phone": masked_phone(order.contact_phone),
            "email": masked_email(order.contact_email) if order.contact_email else None,
        },
        "address": {
            "line1": order.address_line1,
            "area": order.address_area,
            "district": place(district),
            "division": place(DIVISION_OF[district.code]),
            "postcode": order.address_postcode or None,
        },
        "history": [{"status": event.status, "at": moment(event.at)} for event in history],
        "can_cancel": order.status in CANCELLABLE_BY_CUSTOMER,
        "can_pay": can_pay(order, now=now),
    }


def can_pay(order: Order, *, now: datetime) -> bool:
    """Whether a payment at the gateway may be begun: the stock is still promised."""
    return order.status == Order.Status.AWAITING_PAYMENT and (
        order.expires_at is None or order.expires_at > now
    )


def picture(*, digest: str, width: int, height: int, alt: Mapping[str, str]) -> Document:
    """The shape ``catalog.schemas.Picture``."""
    return {"url": picture_url(digest), "width": width, "height": height, "alt": dict(alt)}


def place(area: District | Division) -> Document:
    return {"code": area.code, "name": {"en": area.name_en, "bn": area.name_bn}}


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def masked_phone(phone: str) -> str:
    """``+8801712345678`` as ``+88017••••5678``: enough to recognise one's own."""
    return f"{phone[:6]}••••{phone[-4:]}"


def masked_email(email: str) -> str:
    """``rahima@example.com`` as ``r•••@example.com``."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def _line(line: LineView) -> Document:
    name = {"en": line.name_en, "bn": line.name_bn}
    return {
        "sku": line.sku,
        "product_slug": line.product_slug,
        "name": name,
        "variant_name": {"en": line.variant_name_en, "bn": line.variant_name_bn},
        "picture": picture(
            digest=line.picture_digest, width=line.picture_width, height=line.picture_height, alt=name
        ),
        "unit_price_poisha": line.unit_price_poisha,
        "quantity": line.quantity,
        "line_total_poisha": line.unit_price_poisha * line.quantity,
    }
