"""Placing orders: what is written, what is refused, and that a refusal leaves nothing behind."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Reservation, Stock
from notify.models import Effect
from ops.errors import InvalidInput
from orders.checkout import RESERVATION_MINUTES, place_order
from orders.errors import IdempotencyKeyReused, OutOfStock, TotalChanged
from orders.models import IdempotencyKey, Order, OrderLine
from orders.pricing import CartLine
from tests.factories import CustomerFactory, ProductFactory, VariantFactory
from tests.orders.carts import assert_books_balance, checkout_of, new_key, placed, unpaid

pytestmark = pytest.mark.django_db


def assert_nothing_was_written():
    for model in (Order, OrderLine, IdempotencyKey, Reservation, Effect):
        assert not model.objects.exists(), model
    assert_books_balance()


def test_a_cash_order_is_confirmed_at_once():
    """The goods leave the stock, the confirmation waits in the outbox, in the order's language."""
    variant = VariantFactory(stock=3, product__price_poisha=99_900)

    order = placed((variant, 2), language="bn")

    assert (order.status, order.payment_status) == ("confirmed", "due_on_delivery")
    assert (order.subtotal_poisha, order.delivery_poisha, order.total_poisha) == (199_800, 6_000, 205_800)
    assert order.expires_at is None
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (1, 0)
    sms = Effect.objects.get(kind="sms")
    assert sms.payload["to"] == "+8801712345678"
    assert "৳২,০৫৮" in sms.payload["text"]
    assert sms.payload["text"].endswith(f"/orders/{order.token}")
    mail = Effect.objects.get(kind="mail")
    assert mail.payload["to"] == "rahima@example.com"
    assert variant.product.name_bn in mail.payload["text"]


def test_an_order_to_be_paid_online_holds_its_goods_for_half_an_hour():
    """Nothing is sold or announced before the money is there."""
    variant = VariantFactory(stock=3)

    order = unpaid((variant, 2))

    assert (order.status, order.payment_status) == ("awaiting_payment", "unpaid")
    remaining = order.expires_at - timezone.now()
    assert timedelta(minutes=RESERVATION_MINUTES - 1) < remaining <= timedelta(minutes=RESERVATION_MINUTES)
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (3, 2)
    assert Reservation.objects.get().expires_at == order.expires_at
    assert not Effect.objects.filter(kind__in=["sms", "mail"]).exists()


def test_numbers_can_be_said_and_tokens_cannot_be_guessed():
    """DC, the year, eight unambiguous characters; 256 random bits."""
    variant = VariantFactory(stock=9)

    orders = [placed((variant, 1)) for _ in range(3)]

    for order in orders:
        assert re.fullmatch(r"DC-\d\d-[0-9A-HJKMNP-TV-Z]{8}", order.number)
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", order.token)
    assert len({order.number for order in orders}) == len({order.token for order in orders}) == 3


def test_a_line_keeps_the_name_and_price_of_its_moment():
    """Later changes of the catalogue do not rewrite what was bought."""
    variant = VariantFactory(stock=3, product__name_en="Kettle", product__price_poisha=50_000)
    order = placed((variant, 1))

    variant.product.name_en = "Samovar"
    variant.product.save()
    variant.price_poisha = 70_000
    variant.save()

    line = order.lines.get()
    assert (line.name_en, line.unit_price_poisha, line.line_total_poisha) == ("Kettle", 50_000, 50_000)


@pytest.mark.parametrize("method", list(Order.PaymentMethod))
def test_what_is_gone_cannot_be_ordered(method):
    """The line that cannot be had is named, and nothing is written, not even the key."""
    there, gone = VariantFactory(stock=5), VariantFactory(stock=1)

    with pytest.raises(OutOfStock) as refusal:
        place_order(
            key=new_key(),
            checkout=checkout_of((there, 1), (gone, 2), payment_method=method),
            customer_id=None,
        )

    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("lines.1.quantity", "out_of_stock")
    ]
    assert_nothing_was_written()


def test_what_is_not_for_sale_cannot_be_ordered():
    """Unknown SKUs, withdrawn variants and withdrawn products are all the same to a shopper."""
    withdrawn = VariantFactory(is_active=False)
    hidden = VariantFactory(product=ProductFactory(is_active=False))
    checkout = checkout_of((withdrawn, 1), (hidden, 1))
    checkout.lines.append(CartLine(sku="NO-SUCH", quantity=1))

    with pytest.raises(OutOfStock) as refusal:
        place_order(key=new_key(), checkout=checkout, customer_id=None)

    assert [error.code for error in refusal.value.errors] == ["unknown_sku"] * 3
    assert_nothing_was_written()


@pytest.mark.parametrize("difference", [-1, 1])
def test_only_the_total_that_was_shown_is_charged(difference):
    """One poisha more or less, and the order is refused."""
    variant = VariantFactory(stock=5)
    checkout = checkout_of((variant, 1), expected_total_poisha=variant.price_poisha + 6_000 + difference)

    with pytest.raises(TotalChanged):
        place_order(key=new_key(), checkout=checkout, customer_id=None)

    assert_nothing_was_written()


def test_what_the_gateway_does_not_take_is_refused_at_checkout():
    """SSLCommerz takes at most 500,000 taka; cash has no such limit."""
    variant = VariantFactory(stock=9, product__price_poisha=25_000_001)

    with pytest.raises(InvalidInput) as refusal:
        unpaid((variant, 2))
    placed((variant, 2))

    assert [error.field for error in refusal.value.errors] == ["payment_method"]


def test_a_key_gives_the_same_answer_again():
    """Even after the order has moved on: the answer is the one that was given."""
    variant = VariantFactory(stock=5)
    key, checkout = new_key(), checkout_of((variant, 1))
    first = place_order(key=key, checkout=checkout, customer_id=None)
    Order.objects.update(status="cancelled")

    again = place_order(key=key, checkout=checkout, customer_id=None)

    assert again == first
    assert Order.objects.count() == 1
    assert Stock.objects.get(variant=variant).on_hand == 4


def test_a_key_belongs_to_one_request_of_one_customer():
    """Another body, or the same body of somebody else, is refused and gets to see nothing."""
    variant, customer = VariantFactory(stock=5), CustomerFactory()
    key, checkout = new_key(), checkout_of((variant, 1))
    place_order(key=key, checkout=checkout, customer_id=customer.id)

    for other, who in [
        (checkout_of((variant, 2)), customer.id),
        (checkout, None),
        (checkout, CustomerFactory().id),
    ]:
        with pytest.raises(IdempotencyKeyReused):
            place_order(key=key, checkout=other, customer_id=who)

    assert Order.objects.count() == 1


def test_a_refused_checkout_does_not_burn_its_key():
    """The same key places the order once the goods are there."""
    variant = VariantFactory(stock=0)
    key, checkout = new_key(), checkout_of((variant, 1))
    with pytest.raises(OutOfStock):
        place_order(key=key, checkout=checkout, customer_id=None)
    Stock.objects.filter(variant=variant).update(on_hand=1)

    document = place_order(key=key, checkout=checkout, customer_id=None)

    assert document["status"] == "confirmed"


def test_a_number_that_was_met_before_is_drawn_again(monkeypatch):
    """Once in a very long while; the shopper does not notice."""
    variant = VariantFactory(stock=5)
    taken = placed((variant, 1)).number
    drawn = iter([taken, "DC-26-ZZZZZZZZ"])
    monkeypatch.setattr("orders.checkout.new_number", lambda *, at: next(drawn))

    assert placed((variant, 1)).number == "DC-26-ZZZZZZZZ"


@pytest.mark.parametrize(
    ("method", "lines", "queries"), [("cod", 1, 15), ("cod", 20, 15), ("sslcommerz", 20, 11)]
)
def test_the_number_of_statements_does_not_grow_with_the_cart(
    method, lines, queries, django_assert_max_num_queries
):
    """Including BEGIN's savepoint and the mail's look at the lines."""
    variants = [VariantFactory(stock=100) for _ in range(lines)]
    checkout = checkout_of(
        *[(variant, 1) for variant in variants], payment_method=Order.PaymentMethod(method)
    )

    with django_assert_max_num_queries(queries):
        place_order(key=new_key(), checkout=checkout, customer_id=None)


def test_the_stock_is_taken_last(django_assert_max_num_queries):
    """No statement but the COMMIT follows the one on the hot rows."""
    variant = VariantFactory(stock=100)
    checkout = checkout_of((variant, 1))

    with django_assert_max_num_queries(30) as queries:
        place_order(key=new_key(), checkout=checkout, customer_id=None)

    statements = [query["sql"] for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert "UPDATE inventory_stock" in statements[-1]
