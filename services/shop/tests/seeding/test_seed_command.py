"""Seeding: the same each time, once only, all or nothing, and only where it may be."""

from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Address, User
from catalog.models import Picture, Product, Variant
from inventory.models import StockMovement
from orders.models import Order
from tests.seeding.emptying import empty_the_shop

pytestmark = pytest.mark.django_db


def seed() -> str:
    output = StringIO()
    call_command("seed", stdout=output)
    return output.getvalue()


def contents() -> dict[str, Any]:
    """All that was seeded, without dates, which are counted back from today, and without generated ids."""
    return {
        "products": list(
            Product.objects.order_by("slug").values_list(
                "slug",
                "name_bn",
                "description_en",
                "description_bn",
                "price_poisha",
                "stock",
                "featured_rank",
            )
        ),
        "variants": list(
            Variant.objects.order_by("sku").values_list("sku", "name_bn", "price_poisha", "stock__on_hand")
        ),
        "pictures": sorted(Picture.objects.values_list("digest", flat=True)),
        "users": list(
            User.objects.order_by("phone", "email").values_list("name", "email", "phone", "password")
        ),
        "addresses": sorted(Address.objects.values_list("phone", "line1", "area", "district", "postcode")),
        "orders": sorted(
            Order.objects.values_list("token", "status", "contact_name", "address_line1", "total_poisha")
        ),
        "movements": sorted(
            StockMovement.objects.values_list("stock__variant__sku", "delta", "reason", "reference")
        ),
    }


def test_a_second_seeding_changes_nothing() -> None:
    """It says so, and leaves all as it is."""
    seed()
    before = contents()

    assert "already seeded" in seed()
    assert contents() == before


def test_every_seeding_gives_the_same() -> None:
    """Emptied and seeded again: the same texts, prices, people, orders and pictures."""
    seed()
    first = contents()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # PostgreSQL truncates no table with checks outstanding
    empty_the_shop()

    seed()

    assert contents() == first


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_real_shops_are_never_seeded(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses, says why, and writes nothing."""
    monkeypatch.setattr(settings, "ENV", settings.ENV.model_copy(update={"environment": environment}))

    with pytest.raises(CommandError, match=f"ENVIRONMENT is {environment}"):
        seed()

    assert not Product.objects.exists()
    assert not User.objects.exists()


def test_a_seeding_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: half a shop would count as seeded for ever."""

    def fail(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("seeding.management.commands.seed.seed_orders", fail)

    with pytest.raises(RuntimeError), transaction.atomic():
        seed()

    assert not Product.objects.exists()
