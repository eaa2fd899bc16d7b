"""The seeded shop: believable, complete and consistent."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.test import Client

from accounts.models import MOBILE_PATTERN, Address, User
from catalog.models import Category, Product, Variant
from catalog.schemas import Product as ProductShape
from inventory.models import Reservation, Stock, StockMovement
from notify.models import Effect
from orders.locations import DISTRICTS
from orders.models import Order, OrderEvent
from orders.pricing import totals
from orders.states import may_become
from payments.models import Payment
from seeding.constants import DEVELOPMENT_PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]


def test_the_shop_is_as_large_as_promised(shop: str) -> None:
    """12 categories, at least 300 products in all of them, 200 customers, 1,000 orders, five staff."""
    assert Category.objects.count() == 12
    assert Product.objects.count() >= 300
    assert Category.objects.annotate(n=Count("products")).filter(n__lt=20).count() == 0
    assert User.objects.filter(is_staff=False).count() == 200
    assert Order.objects.count() == 1_000
    assert User.objects.filter(is_staff=True).count() == 5
    assert "seeded 12 categories" in shop


def test_the_ledger_explains_the_stock(shop: str) -> None:
    """Movements sum to what is on hand, holds to what is reserved, and no count was ever negative."""
    moved = (
        StockMovement.objects.filter(stock=OuterRef("pk")).order_by().values("stock").annotate(s=Sum("delta"))
    )
    stocks = Stock.objects.annotate(moved=Coalesce(Subquery(moved.values("s")), 0))

    assert stocks.count() == Variant.objects.count()
    assert not stocks.exclude(moved=F("on_hand")).exists()
    assert not stocks.exclude(reserved=0).exists()
    assert not Reservation.objects.filter(state=Reservation.State.HELD).exists()
    running: Counter[int] = Counter()
    for stock, delta in StockMovement.objects.order_by("at", "-delta").values_list("stock_id", "delta"):
        running[stock] += delta
        assert running[stock] >= 0


def test_orders_took_what_they_say(shop: str) -> None:
    """For each order that was confirmed a sale per line, and for each cancelled one the way back."""
    for order in Order.objects.prefetch_related("lines")[:200]:
        sums = dict(
            StockMovement.objects.filter(reference=order.number)
            .order_by()
            .values_list("stock_id")
            .annotate(Sum("delta"))
        )
        kept = order.status not in {"cancelled", "expired"}
        expected = {line.variant_id: -line.quantity if kept else 0 for line in order.lines.all()}
        assert {key: sums.get(key, 0) for key in expected} == expected


def test_orders_went_legal_ways(shop: str) -> None:
    """Each history begins where orders begin, makes allowed steps forward in time, and ends in the order's status."""
    histories: dict[int, list[OrderEvent]] = {}
    for event in OrderEvent.objects.order_by("order_id", "id").select_related("order"):
        histories.setdefault(event.order_id, []).append(event)

    assert len(histories) == 1_000
    for events in histories.values():
        order = events[0].order
        assert events[0].status == (
            "awaiting_payment" if order.payment_method == "sslcommerz" else "confirmed"
        )
        assert events[0].at == order.created_at
        assert events[-1].status == order.status
        for before, after in pairwise(events):
            assert before.at <= after.at
            assert may_become(before.status, after.status)


def test_money_adds_up(shop: str) -> None:
    """Totals are the lines plus delivery; paid online means a paid payment of that amount."""
    for order in Order.objects.prefetch_related("lines"):
        lines = [(line.unit_price_poisha, line.quantity) for line in order.lines.all()]
        cost = totals(lines=lines, district=order.address_district)
        assert (order.subtotal_poisha, order.delivery_poisha) == (cost.subtotal_poisha, cost.delivery_poisha)
    online = Order.objects.filter(payment_method="sslcommerz")
    assert Payment.objects.filter(amount_poisha=F("order__total_poisha")).count() == online.count() > 200
    assert not Payment.objects.filter(status="paid").exclude(order__payment_status="paid").exists()
    assert not Payment.objects.filter(next_check_at__isnull=False).exists()


def test_status_mix_is_believable(shop: str) -> None:
    """Most were delivered, some are on their way, a few were cancelled or expired; none waits for money."""
    mix = Counter(Order.objects.values_list("status", flat=True))

    assert mix["delivered"] > 700
    assert mix["awaiting_payment"] == 0
    assert all(mix[status] for status in ("confirmed", "packed", "shipped", "cancelled", "expired"))


def test_nothing_is_sent_for_the_past(shop: str) -> None:
    """No mail, no SMS, no alert."""
    assert not Effect.objects.exists()


def test_products_are_complete(shop: str, api: Client) -> None:
    """Two languages, believable prices, at least three pictures, one to four variants, a warranty."""
    products = Product.objects.annotate(
        shown=Count("picture_links", distinct=True), sold=Count("variants", distinct=True)
    )
    for product in products:
        assert any("\u0980" <= letter <= "\u09ff" for letter in product.name_bn)
        assert any("\u0980" <= letter <= "\u09ff" for letter in product.description_bn)
        assert "{" not in product.description_en + product.description_bn + product.name_en
        assert len(product.description_en) > 150
        assert 500_00 <= product.price_poisha <= 400_000_00
        assert product.shown >= 3
        assert 1 <= product.sold <= 4
        assert len(product.specifications) >= 4
    assert Product.objects.filter(compare_at_poisha__isnull=False).count() > 60
    mix = Counter(Product.objects.values_list("stock", flat=True))
    assert mix["in_stock"] > mix["low"] > mix["out"] > 3
    assert Product.objects.values("picture").distinct().count() > 280


def test_summaries_agree_with_the_variants(shop: str) -> None:
    """The price in lists is the lowest of the variants."""
    for product in Product.objects.prefetch_related("variants"):
        assert product.price_poisha == min(variant.price_poisha for variant in product.variants.all())


def test_pages_of_the_shop_open(shop: str, api: Client) -> None:
    """A quarter of the products' pages are there, in the declared shape; the first screen of the shop can be bought."""
    for slug in Product.objects.values_list("slug", flat=True)[::4]:
        body = api.get(f"/api/v1/catalog/products/{slug}").json()
        assert ProductShape.model_validate(body).model_dump() == body
    first = api.get("/api/v1/catalog/products").json()["items"]
    assert len({item["category_slug"] for item in first}) == 12
    assert {item["stock"] for item in first} <= {"in_stock", "low"}


def test_people_can_be_reached(shop: str) -> None:
    """Valid mobile numbers, addresses in districts that exist, mail that reaches nobody by mistake."""
    assert not User.objects.filter(is_staff=False).exclude(phone__regex=MOBILE_PATTERN).exists()
    assert not Order.objects.exclude(contact_phone__regex=MOBILE_PATTERN).exists()
    assert set(Address.objects.values_list("district", flat=True)) <= set(DISTRICTS)
    mails = User.objects.filter(email__isnull=False)
    assert not mails.exclude(
        Q(email__endswith="@example.com") | Q(email__endswith="@dhakacart.example")
    ).exists()


@pytest.mark.parametrize(
    "login", ["nusrat@example.com", "admin@dhakacart.example", "support@dhakacart.example"]
)
def test_the_printed_logins_work(shop: str, login: str, rf: Any) -> None:
    """The demonstration customer and the staff sign in with the printed password."""
    assert login in shop or login.split("@", maxsplit=1)[0] in shop
    assert DEVELOPMENT_PASSWORD in shop
    assert authenticate(rf.post("/"), username=login, password=DEVELOPMENT_PASSWORD) is not None


def test_each_group_has_its_account(shop: str) -> None:
    """Support, catalogue, finance and operations: one each."""
    assert dict(
        User.objects.filter(groups__isnull=False).values_list("groups__name").annotate(Count("id"))
    ) == dict.fromkeys(("support", "catalogue", "finance", "operations"), 1)
