"""Placing an order: once for an idempotency key, at the prices that the customer saw, for goods that are there.

All in one transaction, in this order: the key, the order, its lines, the effects that must follow, and last the
stock, whose rows other buyers wait for. A refusal rolls everything back, the key too, so that it can be used again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final, cast

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog.selectors import VariantForSale, variants_by_sku
from inventory import services as inventory
from inventory.errors import InsufficientStock
from ops.errors import FieldError, InvalidInput, TemporarilyUnavailable
from orders import notifications
from orders.documents import Document, LineView, order_document
from orders.errors import IdempotencyKeyReused, OutOfStock, TotalChanged
from orders.identifiers import new_number, new_token
from orders.models import IdempotencyKey, Order, OrderEvent, OrderLine
from orders.pricing import ONLINE_PAYMENT_MAXIMUM_POISHA, CartLine, Totals, totals

RESERVATION_MINUTES: Final = 30
IDEMPOTENCY_HOURS: Final = 48
_NUMBER_ATTEMPTS: Final = 3
_CLAIM: Final = "INSERT INTO orders_idempotencykey (key, fingerprint) VALUES (%s, %s) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a customer asks for, in normal form: texts trimmed, ``phone`` in E.164, ``district`` a known code."""

    lines: Sequence[CartLine]
    name: str
    phone: str
    email: str
    line1: str
    area: str
    district: str
    postcode: str
    payment_method: Order.PaymentMethod
    expected_total_poisha: int
    language: str

    def fingerprint(self, *, customer_id: int | None) -> str:
        """SHA-256 over everything that was asked for and by whom."""
        canonical = json.dumps({**asdict(self), "customer": customer_id}, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Item:
    variant: VariantForSale
    quantity: int


def place_order(*, key: str, checkout: Checkout, customer_id: int | None) -> Document:
    """Place an order, or return the answer that this key was given before.

    Raises:
        IdempotencyKeyReused: the key was used for something else.
        OutOfStock: a line cannot be had; ``errors`` names it.
        TotalChanged: it costs something else than the customer was shown.
        InvalidInput: too dear for the gateway.
    """
    fingerprint = checkout.fingerprint(customer_id=customer_id)
    for attempt in range(_NUMBER_ATTEMPTS):
        try:
            with transaction.atomic():
                if not _claim(key, fingerprint):
                    return _earlier_answer(key, fingerprint)
                return _place(key, checkout, customer_id)
        except IntegrityError as error:
            # The number or the token was met again, once in a very long while; anything else is a fault.
            if attempt == _NUMBER_ATTEMPTS - 1 or "orders_order_" not in str(error):
                raise
    raise AssertionError("unreachable")


def _claim(key: str, fingerprint: str) -> bool:
    """Insert the key. A second request with it waits here until the first has committed or rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [key, fingerprint])
        return bool(cursor.rowcount == 1)


def _earlier_answer(key: str, fingerprint: str) -> Document:
    kept = IdempotencyKey.objects.filter(key=key).first()
    if kept is None:  # forgotten between the two statements
        raise TemporarilyUnavailable(retry_after_seconds=1)
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return cast("Document", kept.response)


def _place(key: str, checkout: Checkout, customer_id: int | None) -> Document:
    items = _items(checkout.lines)
    cost = totals(
        lines=[(item.variant.price_poisha, item.quantity) for item in items], district=checkout.district
    )
    _check_total(checkout, cost)
    now = timezone.now()
    order = _create_order(checkout, cost, customer_id)
    OrderLine.objects.bulk_create(_order_line(order, item, position) for position, item in enumerate(items))
    event = OrderEvent.objects.create(order=order, status=order.status)
    document = order_document(order, lines=[_line_view(item) for item in items], history=[event], now=now)
    IdempotencyKey.objects.filter(key=key).update(order=order, response=document)
    if order.status == Order.Status.CONFIRMED:
        notifications.confirmed(order)
    _take_stock(order, items)
    return document


def _items(lines: Sequence[CartLine]) -> list[_Item]:
    variants = variants_by_sku(line.sku for line in lines)
    unknown = [position for position, line in enumerate(lines) if line.sku not in variants]
    if unknown:
        raise OutOfStock(errors=[_line_error(position, "unknown_sku") for position in unknown])
    return [_Item(variants[line.sku], line.quantity) for line in lines]


def _check_total(checkout: Checkout, cost: Totals) -> None:
    if cost.total_poisha != checkout.expected_total_poisha:
        raise TotalChanged
    online = checkout.payment_method == Order.PaymentMethod.SSLCOMMERZ
    if online and cost.total_poisha > ONLINE_PAYMENT_MAXIMUM_POISHA:
        raise InvalidInput(
            errors=[
                FieldError(
                    field="payment_method",
                    code="amount_over_limit",
                    en="Online payment takes at most 500,000 taka. Choose cash on delivery or order less.",
                    bn="অনলাইনে সর্বোচ্চ ৫,০০,০০০ টাকা নেওয়া যায়। ক্যাশ অন ডেলিভারি বেছে নিন বা কম অর্ডার করুন।",
                )
            ]
        )


def _create_order(checkout: Checkout, cost: Totals, customer_id: int | None) -> Order:
    now = timezone.now()
    online = checkout.payment_method == Order.PaymentMethod.SSLCOMMERZ
    return Order.objects.create(
        token=new_token(),
        number=new_number(at=now),
        customer_id=customer_id,
        status=Order.Status.AWAITING_PAYMENT if online else Order.Status.CONFIRMED,
        payment_method=checkout.payment_method,
        payment_status=Order.PaymentStatus.UNPAID if online else Order.PaymentStatus.DUE_ON_DELIVERY,
        language=checkout.language,
        contact_name=checkout.name,
        contact_phone=checkout.phone,
        contact_email=checkout.email,
        address_line1=checkout.line1,
        address_area=checkout.area,
        address_district=checkout.district,
        address_postcode=checkout.postcode,
        subtotal_poisha=cost.subtotal_poisha,
        delivery_poisha=cost.delivery_poisha or 0,
        total_poisha=cost.total_poisha,
        expires_at=now + timedelta(minutes=RESERVATION_MINUTES) if online else None,
    )


def _take_stock(order: Order, items: Sequence[_Item]) -> None:
    lines = [inventory.StockLine(item.variant.variant_id, item.quantity) for item in items]
    try:
        if order.status == Order.Status.CONFIRMED:
            inventory.sell(lines=lines, reference=order.number)
        else:
            inventory.reserve(lines=lines, reference=order.number, expires_at=order.expires_at)
    except InsufficientStock as error:
        raise OutOfStock(
            errors=[
                _line_error(position, "out_of_stock")
                for position, item in enumerate(items)
                if item.variant.variant_id in error.variant_ids
            ]
        ) from error


def _line_error(position: int, code: str) -> FieldError:
    return FieldError(
        field=f"lines.{position}.quantity" if code == "out_of_stock" else f"lines.{position}.sku",
        code=code,
        en="This product is not available in this number.",
        bn="এই পণ্যটি এই সংখ্যায় নেই।",
    )


def _order_line(order: Order, item: _Item, position: int) -> OrderLine:
    variant = item.variant
    return OrderLine(
        order=order,
        variant_id=variant.variant_id,
        product_slug=variant.product_slug,
        name_en=variant.name_en,
        name_bn=variant.name_bn,
        variant_name_en=variant.variant_name_en,
        variant_name_bn=variant.variant_name_bn,
        unit_price_poisha=variant.price_poisha,
        quantity=item.quantity,
        position=position,
    )


def _line_view(item: _Item) -> LineView:
    variant = item.variant
    return LineView(
        sku=variant.sku,
        product_slug=variant.product_slug,
        name_en=variant.name_en,
        name_bn=variant.name_bn,
        variant_name_en=variant.variant_name_en,
        variant_name_bn=variant.variant_name_bn,
        unit_price_poisha=variant.price_poisha,
        quantity=item.quantity,
        picture_digest=variant.picture_digest,
        picture_width=variant.picture_width,
        picture_height=variant.picture_height,
    )
