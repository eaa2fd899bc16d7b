"""Seeds the past: orders of the last 90 days in believable states, with their payments, stock and history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from catalog.models import Variant
from inventory.models import Reservation, StockMovement
from orders.identifiers import ALPHABET, DHAKA, RANDOM_CHARACTERS, TOKEN_BYTES
from orders.models import Order, OrderEvent, OrderLine
from orders.pricing import ONLINE_PAYMENT_MAXIMUM_POISHA, totals
from payments.models import Payment, Refund
from seeding.constants import ORDER_DAYS, ORDERS, chance, moment
from seeding.customers import Place, a_name, a_phone, a_place

GUEST_SHARE = 0.22
ONLINE_SHARE = 0.4
DEMO_ORDERS = 6  # of the first customer, the demonstration's
_TOKEN_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # noqa: S105 - an alphabet
_TOKEN_CHARACTERS = (TOKEN_BYTES * 8 + 5) // 6

Status = Order.Status
Paid = Order.PaymentStatus
# Weights of the states that an order of an age in days may have reached.
_FATES: tuple[tuple[int, dict[Order.Status, int]], ...] = (
    (2, {Status.CONFIRMED: 55, Status.PACKED: 30, Status.CANCELLED: 9, Status.EXPIRED: 6}),
    (
        5,
        {Status.PACKED: 15, Status.SHIPPED: 50, Status.DELIVERED: 22, Status.CANCELLED: 8, Status.EXPIRED: 5},
    ),
    (ORDER_DAYS, {Status.DELIVERED: 87, Status.CANCELLED: 8, Status.EXPIRED: 5}),
)
_PATH = (Status.CONFIRMED, Status.PACKED, Status.SHIPPED, Status.DELIVERED)


@dataclass
class Batch:
    """Rows to be inserted at once, and what they do to the stock."""

    orders: list[Order] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    events: list[OrderEvent] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    movements: list[StockMovement] = field(default_factory=list)


def seed_orders(*, customers: Sequence[User], variants: Sequence[Variant]) -> list[StockMovement]:
    """Create the past orders; returns what they did to the stock."""
    batch = Batch()
    # People buy what is cheap more often than what is dear.
    weights = [1 / (variant.price_poisha**0.45) for variant in variants]
    for number in range(ORDERS):
        _add_order(batch, number, customers, variants, weights)
    Order.objects.bulk_create(batch.orders)
    OrderLine.objects.bulk_create(batch.lines)
    OrderEvent.objects.bulk_create(batch.events)
    Payment.objects.bulk_create(batch.payments)
    Refund.objects.bulk_create(batch.refunds)
    Reservation.objects.bulk_create(batch.reservations)
    StockMovement.objects.bulk_create(batch.movements)
    return batch.movements


def _add_order(
    batch: Batch,
    number: int,
    customers: Sequence[User],
    variants: Sequence[Variant],
    weights: Sequence[float],
) -> None:
    dice = chance("order", number)
    # Oldest first, so that ids grow with time; business grows a little too.
    days_ago = 1 + int((ORDER_DAYS - 1) * (1 - (number / ORDERS) ** 0.85))
    # No two of one day at the same minute, or nearly so; most shop in the evening.
    placed = moment(days_ago=days_ago, minutes=int(dice.triangular(480, 1_435, 1_260)))
    chosen = _chosen(dice, variants, weights)
    customer = _customer(dice, number, customers)
    place = a_place(dice)
    cost = totals(
        lines=[(variant.price_poisha, quantity) for variant, quantity in chosen.items()],
        district=place.district,
    )
    online = dice.random() < ONLINE_SHARE and cost.total_poisha <= ONLINE_PAYMENT_MAXIMUM_POISHA
    status = _fate(dice, days_ago, online=online)
    order = Order(
        token="".join(dice.choices(_TOKEN_ALPHABET, k=_TOKEN_CHARACTERS)),
        number=f"DC-{placed.astimezone(DHAKA):%y}-{''.join(dice.choices(ALPHABET, k=RANDOM_CHARACTERS))}",
        customer=customer,
        status=status,
        payment_method=Order.PaymentMethod.SSLCOMMERZ if online else Order.PaymentMethod.CASH_ON_DELIVERY,
        payment_status=_payment_status(status, online=online),
        language=customer.language if customer else dice.choice(("bn", "bn", "en")),
        contact_name=customer.name if customer else a_name(dice),
        contact_phone=(customer.phone if customer else None) or a_phone(dice),
        contact_email=(customer.email if customer else None) or "",
        **_address(place),
        subtotal_poisha=cost.subtotal_poisha,
        delivery_poisha=cost.delivery_poisha or 0,
        total_poisha=cost.total_poisha,
        created_at=placed,
        expires_at=placed + timedelta(minutes=30) if online else None,
    )
    batch.orders.append(order)
    batch.lines += _lines(order, chosen)
    history = _history(dice, order)
    batch.events += history
    if online:
        _add_payment(batch, dice, order, history)
    _add_stock(batch, order, chosen, ended=history[-1].at)


def _chosen(dice: Random, variants: Sequence[Variant], weights: Sequence[float]) -> dict[Variant, int]:
    lines = dice.choices((1, 2, 3), weights=(68, 24, 8))[0]
    picked = dict.fromkeys(dice.choices(variants, weights=weights, k=lines))
    return {
        variant: dice.choices((1, 2, 3), weights=(88, 9, 3))[0] if variant.price_poisha < 1_000_000 else 1
        for variant in picked
    }


def _customer(dice: Random, number: int, customers: Sequence[User]) -> User | None:
    if number % (ORDERS // DEMO_ORDERS) == ORDERS // DEMO_ORDERS - 3:
        return customers[0]
    return None if dice.random() < GUEST_SHARE else dice.choice(customers[1:])


def _fate(dice: Random, days_ago: int, *, online: bool) -> Order.Status:
    weights = next(weights for limit, weights in _FATES if days_ago <= limit)
    status = dice.choices(list(weights), weights=list(weights.values()))[0]
    # Only an order that waits for money can expire.
    return Status.CANCELLED if status == Status.EXPIRED and not online else status


def _payment_status(status: Order.Status, *, online: bool) -> Order.PaymentStatus:
    if online:
        return {Status.EXPIRED: Paid.FAILED, Status.CANCELLED: Paid.REFUNDED}.get(status, Paid.PAID)
    return {Status.DELIVERED: Paid.PAID, Status.CANCELLED: Paid.UNPAID}.get(status, Paid.DUE_ON_DELIVERY)


def _address(place: Place) -> dict[str, str]:
    return {
        "address_line1": place.line1,
        "address_area": place.area,
        "address_district": place.district,
        "address_postcode": place.postcode,
    }


def _lines(order: Order, chosen: dict[Variant, int]) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            variant=variant,
            product_slug=variant.product.slug,
            name_en=variant.product.name_en,
            name_bn=variant.product.name_bn,
            variant_name_en=variant.name_en,
            variant_name_bn=variant.name_bn,
            unit_price_poisha=variant.price_poisha,
            quantity=quantity,
            position=position,
        )
        for position, (variant, quantity) in enumerate(chosen.items())
    ]


def _history(dice: Random, order: Order) -> list[OrderEvent]:
    """The events of an order, in time: each step takes some hours, none lies in the future."""
    online = order.payment_method == Order.PaymentMethod.SSLCOMMERZ
    reached = [Status.AWAITING_PAYMENT] if online else []
    if order.status in _PATH:
        reached += _PATH[: _PATH.index(Status(order.status)) + 1]
    elif order.status == Status.CANCELLED:
        reached += [Status.CONFIRMED, Status.CANCELLED]
    else:
        reached.append(Status.EXPIRED)
    hours = {
        Status.PACKED: (2, 9),
        Status.SHIPPED: (6, 20),
        Status.DELIVERED: (14, 40),
        Status.CANCELLED: (1, 8),
    }
    at = order.created_at
    latest = moment(days_ago=0) - timedelta(minutes=1)
    events: list[OrderEvent] = []
    for status in reached:
        if status in hours:
            at += timedelta(minutes=dice.randint(*(60 * bound for bound in hours[status])))
        elif status == Status.EXPIRED:
            at = order.created_at + timedelta(minutes=30, seconds=dice.randint(1, 20))
        elif events:
            at += timedelta(seconds=dice.randint(70, 600))
        note = "by the customer" if status == Status.CANCELLED else ""
        events.append(OrderEvent(order=order, status=status, note=note, at=min(at, latest)))
    return events


def _add_payment(batch: Batch, dice: Random, order: Order, history: Sequence[OrderEvent]) -> None:
    reference = f"{dice.getrandbits(48):012X}"
    paid_at = next((event.at for event in history if event.status == Status.CONFIRMED), None)
    status = {
        Paid.FAILED: Payment.Status.FAILED,
        Paid.REFUNDED: Payment.Status.REFUNDED,
    }.get(Paid(order.payment_status), Payment.Status.PAID)
    payment = Payment(
        order=order,
        provider="sslcommerz",
        transaction_id=f"{order.number}-1",
        amount_poisha=order.total_poisha,
        status=status,
        session_key=f"SEED{reference}",
        validation_id=f"SEED{reference}" if paid_at else "",
        bank_transaction_id=f"SEED{reference}B" if paid_at else "",
        failure="" if paid_at else "the customer did not pay in time",
        created_at=order.created_at,
        paid_at=paid_at,
    )
    batch.payments.append(payment)
    if status == Payment.Status.REFUNDED:
        batch.refunds.append(
            Refund(
                payment=payment,
                amount_poisha=order.total_poisha,
                reason="cancelled by the customer",
                status=Refund.Status.REFUNDED,
                gateway_reference=f"SEED{reference}R",
                created_at=history[-1].at,
            )
        )


def _add_stock(batch: Batch, order: Order, chosen: dict[Variant, int], *, ended: datetime) -> None:
    """What the order did to the stock, as inventory's services would have written it."""
    given_back = order.status in {Status.CANCELLED, Status.EXPIRED}
    state = Reservation.State.RELEASED if given_back else Reservation.State.COMMITTED
    for variant, quantity in chosen.items():
        batch.reservations.append(
            Reservation(
                stock_id=variant.pk,
                reference=order.number,
                quantity=quantity,
                state=state,
                expires_at=order.expires_at,
                created_at=order.created_at,
            )
        )
        if order.status == Status.EXPIRED:
            continue
        batch.movements.append(
            StockMovement(
                stock_id=variant.pk,
                delta=-quantity,
                reason=StockMovement.Reason.SALE,
                reference=order.number,
                at=order.created_at,
            )
        )
        if given_back:
            batch.movements.append(
                StockMovement(
                    stock_id=variant.pk,
                    delta=quantity,
                    reason=StockMovement.Reason.CANCELLATION,
                    reference=order.number,
                    at=ended,
                )
            )
