"""One believable row for every table that the admin shows."""

from collections.abc import Callable
from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone

from accounts.models import Address
from inventory.models import Reservation, Stock, StockMovement
from notify.models import Effect
from orders.models import Order
from payments.models import Payment, Refund
from tests.factories import (
    BrandFactory,
    CategoryFactory,
    CustomerFactory,
    PictureFactory,
    ProductFactory,
    VariantFactory,
)
from tests.orders.carts import placed, unpaid

PRICE_POISHA = 123_456_00
PRICE_TEXT = "৳1,23,456"
BANGLA_NAME = "রহিমা মোবাইল"


def address() -> Address:
    return Address.objects.create(
        customer=CustomerFactory(),
        name=BANGLA_NAME,
        phone="+8801712345678",
        line1="House 7, Road 3",
        area="Dhanmondi",
        district="dhaka",
    )


def payment(status: str = Payment.Status.PAID) -> Payment:
    order = unpaid((VariantFactory(), 1))
    return Payment.objects.create(
        order=order,
        provider="sslcommerz",
        transaction_id=f"{order.number}-1",
        amount_poisha=PRICE_POISHA,
        status=status,
    )


def refund(status: str = Refund.Status.FAILED) -> Refund:
    of = payment(Payment.Status.REFUND_REQUESTED)
    return Refund.objects.create(payment=of, amount_poisha=PRICE_POISHA, reason="cancelled", status=status)


def effect() -> Effect:
    return Effect.objects.create(
        kind="sms", key="a", payload={"to": "+8801712345678"}, state=Effect.State.DEAD, attempts=12
    )


def stock() -> Stock:
    return Stock.objects.get(variant=VariantFactory(product__name_bn=BANGLA_NAME))


def movement() -> StockMovement:
    return StockMovement.objects.get(stock=stock())


def reservation() -> Reservation:
    return Reservation.objects.create(
        stock=stock(), reference="DC-26-AAAAAAAA", quantity=1, expires_at=timezone.now() + timedelta(hours=1)
    )


def order() -> Order:
    return placed((VariantFactory(price_poisha=PRICE_POISHA - 60_00), 1))


def access(model: type[models.Model]) -> Callable[[], models.Model]:
    def create() -> models.Model:
        fields = {"failures_since_start": 5} if model is AccessAttempt else {}
        return model._default_manager.create(
            username="user:1", ip_address="203.0.113.7", user_agent="Firefox", path_info="/admin/", **fields
        )

    return create


ROWS: dict[str, Callable[[], models.Model]] = {
    "accounts.address": address,
    "accounts.user": lambda: CustomerFactory(name=BANGLA_NAME),
    "auth.group": lambda: Group.objects.create(name="A group"),
    "axes.accessattempt": access(AccessAttempt),
    "axes.accessfailurelog": access(AccessFailureLog),
    "axes.accesslog": access(AccessLog),
    "catalog.brand": BrandFactory,
    "catalog.category": CategoryFactory,
    "catalog.picture": PictureFactory,
    "catalog.product": lambda: ProductFactory(price_poisha=PRICE_POISHA, name_bn=BANGLA_NAME),
    "inventory.reservation": reservation,
    "inventory.stock": stock,
    "inventory.stockmovement": movement,
    "notify.effect": effect,
    "orders.order": order,
    "payments.payment": payment,
    "payments.refund": refund,
}
