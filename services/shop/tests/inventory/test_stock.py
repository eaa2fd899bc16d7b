"""Stock: what each service does to the numbers and the ledger, and what the database itself forbids."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from catalog.models import Product
from inventory import rows, services
from inventory.errors import InsufficientStock
from inventory.models import Reservation, Stock, StockMovement
from inventory.services import StockLine
from notify.models import Effect
from notify.outbox import handlers
from tests.factories import CustomerFactory, VariantFactory
from tests.orders.carts import assert_books_balance

Reason = StockMovement.Reason


def numbers(variant):
    stock = Stock.objects.get(variant=variant)
    return stock.on_hand, stock.reserved


def ledger(variant):
    return list(
        StockMovement.objects.filter(stock_id=variant.id).order_by("id").values_list("delta", "reason")
    )


@pytest.mark.django_db
def test_a_reservation_promises_without_taking():
    """Reserved units stay on hand, and no ledger line is written."""
    variant = VariantFactory(stock=5)

    services.reserve(lines=[StockLine(variant.id, 3)], reference="DC-1", expires_at=None)

    assert numbers(variant) == (5, 3)
    assert ledger(variant) == [(5, Reason.OPENING)]


@pytest.mark.django_db
def test_a_commit_takes_what_was_promised_once():
    """The units leave the store with a line in the ledger; a second commit finds nothing."""
    variant = VariantFactory(stock=5)
    services.reserve(lines=[StockLine(variant.id, 3)], reference="DC-1", expires_at=None)

    assert services.commit(reference="DC-1") is True
    assert services.commit(reference="DC-1") is False

    assert numbers(variant) == (2, 0)
    assert ledger(variant) == [(5, Reason.OPENING), (-3, Reason.SALE)]


@pytest.mark.django_db
def test_a_release_gives_a_promise_back_once():
    """As if nothing had happened, however often it is released."""
    variant = VariantFactory(stock=5)
    services.reserve(lines=[StockLine(variant.id, 3)], reference="DC-1", expires_at=None)

    assert services.release(reference="DC-1") is True
    assert services.release(reference="DC-1") is False

    assert numbers(variant) == (5, 0)
    assert ledger(variant) == [(5, Reason.OPENING)]


@pytest.mark.django_db
def test_a_release_brings_sold_units_back_with_a_line_in_the_ledger():
    """A cancelled sale is a movement of its own; the sale's line stays."""
    variant = VariantFactory(stock=5)
    services.sell(lines=[StockLine(variant.id, 2)], reference="DC-1")

    services.release(reference="DC-1")

    assert numbers(variant) == (5, 0)
    assert ledger(variant) == [(5, Reason.OPENING), (-2, Reason.SALE), (2, Reason.CANCELLATION)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "take", [services.sell, lambda **wish: services.reserve(**wish, expires_at=None)], ids=["sell", "reserve"]
)
def test_more_than_there_is_cannot_be_had(take):
    """All or nothing: one line that cannot be had is named, and the whole is refused."""
    plenty, few = VariantFactory(stock=9), VariantFactory(stock=2)

    with pytest.raises(InsufficientStock) as refusal, transaction.atomic():
        take(lines=[StockLine(plenty.id, 3), StockLine(few.id, 3)], reference="DC-1")

    assert refusal.value.variant_ids == {few.id}
    assert numbers(plenty) == (9, 0)
    assert numbers(few) == (2, 0)
    assert not Reservation.objects.exists()
    assert_books_balance()


@pytest.mark.django_db
def test_promised_units_are_not_sold_to_others():
    """What is reserved is not available."""
    variant = VariantFactory(stock=3)
    services.reserve(lines=[StockLine(variant.id, 2)], reference="DC-1", expires_at=None)

    with pytest.raises(InsufficientStock), transaction.atomic():
        services.sell(lines=[StockLine(variant.id, 2)], reference="DC-2")


@pytest.mark.django_db
def test_deliveries_and_corrections_are_booked():
    """A first delivery creates the stock; a count may take away what nobody was promised."""
    variant = VariantFactory(stock=0)
    Stock.objects.all().delete()

    services.restock(variant_id=variant.id, delta=10, reason=Reason.DELIVERY, reference="note 17")
    services.restock(variant_id=variant.id, delta=-4, reason=Reason.CORRECTION)

    assert numbers(variant) == (6, 0)
    assert ledger(variant) == [(10, Reason.DELIVERY), (-4, Reason.CORRECTION)]


@pytest.mark.django_db
def test_a_correction_cannot_take_what_is_promised():
    """It is refused as a whole, its ledger line too."""
    variant = VariantFactory(stock=5)
    services.reserve(lines=[StockLine(variant.id, 4)], reference="DC-1", expires_at=None)

    with pytest.raises(InsufficientStock):
        services.restock(variant_id=variant.id, delta=-2, reason=Reason.CORRECTION)

    assert numbers(variant) == (5, 4)
    assert_books_balance()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("delta", "reason"), [(0, Reason.CORRECTION), (-1, Reason.DELIVERY), (-1, Reason.SALE)]
)
def test_a_booking_must_make_sense(delta, reason):
    """No empty bookings, and only a correction takes away by hand."""
    variant = VariantFactory()

    with pytest.raises(ValueError, match="is no"):
        services.restock(variant_id=variant.id, delta=delta, reason=reason)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"on_hand": -1}, {"reserved": 11}, {"reserved": -1}])
def test_the_database_itself_refuses_impossible_stock(change):
    """Whatever the code does: PostgreSQL's CHECKs hold without it."""
    variant = VariantFactory(stock=10)

    with pytest.raises(IntegrityError, match="stock_"), transaction.atomic():
        Stock.objects.filter(variant=variant).update(**change)


@pytest.mark.django_db(transaction=True)
def test_stock_does_not_change_outside_a_transaction():
    """A change without its ledger line would be lost to the books."""
    variant = VariantFactory(stock=10)

    with pytest.raises(TransactionManagementError):
        rows.apply([rows.Change(variant.id, on_hand=1)])


@pytest.mark.django_db
def test_a_variant_stands_in_one_line_only():
    """Two lines of one variant are a fault of the caller, not two reservations."""
    variant = VariantFactory()

    with pytest.raises(ValueError, match="two lines"):
        services.reserve(
            lines=[StockLine(variant.id, 1), StockLine(variant.id, 1)], reference="DC-1", expires_at=None
        )


@pytest.mark.django_db
def test_the_product_shows_how_well_its_best_variant_is_stocked():
    """In stock, low, out: and back again when units return."""
    black, white = VariantFactory(stock=7), None
    white = VariantFactory(product=black.product, stock=2)
    product = black.product

    def shown():
        return Product.objects.get(id=product.id).stock

    services.sell(lines=[StockLine(black.id, 2)], reference="DC-1")
    assert shown() == Product.Stock.LOW
    services.sell(lines=[StockLine(black.id, 5)], reference="DC-2")
    assert shown() == Product.Stock.LOW
    services.sell(lines=[StockLine(white.id, 2)], reference="DC-3")
    assert shown() == Product.Stock.OUT
    services.release(reference="DC-1")
    assert shown() == Product.Stock.LOW
    services.release(reference="DC-2")
    assert shown() == Product.Stock.IN_STOCK


@pytest.mark.django_db
def test_a_sale_that_crosses_no_line_leaves_the_product_alone(django_assert_num_queries):
    """Reservation, ledger and stock: three statements, none of them on the product."""
    variant = VariantFactory(stock=100)

    with django_assert_num_queries(3):
        services.sell(lines=[StockLine(variant.id, 1)], reference="DC-1")


@pytest.mark.django_db
def test_operations_is_told_once_when_a_variant_runs_low_and_when_it_is_sold_out():
    """One alert for each line crossed downwards, none on the way up, a mail for each person in the group."""
    variant = VariantFactory(stock=7)
    operator = CustomerFactory(is_staff=True)
    operator.groups.add(Group.objects.get_or_create(name="operations")[0])
    CustomerFactory(is_staff=True)

    services.sell(lines=[StockLine(variant.id, 1)], reference="DC-1")
    services.sell(lines=[StockLine(variant.id, 1)], reference="DC-2")
    services.sell(lines=[StockLine(variant.id, 1)], reference="DC-3")
    services.sell(lines=[StockLine(variant.id, 4)], reference="DC-4")
    services.release(reference="DC-4")

    alerts = list(Effect.objects.filter(kind="stock_alert").order_by("created_at", "key"))
    assert sorted(alert.payload["available"] for alert in alerts) == [0, 5]
    for alert in alerts:
        for _ in range(2):
            handlers()["stock_alert"](key=alert.key, payload=alert.payload)
    mails = Effect.objects.filter(kind="mail")
    assert mails.count() == 2
    assert {mail.payload["to"] for mail in mails} == {operator.email}
    assert {mail.payload["subject"] for mail in mails} == {
        f"{variant.sku}: 5 left",
        f"{variant.sku}: sold out",
    }
