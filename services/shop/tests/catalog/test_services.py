"""Writes keep what lists and search show in step with the product."""

from typing import Any

import pytest
from django.db import IntegrityError

from catalog import services
from catalog.models import Product, Variant
from catalog.pictures import Drawing
from catalog.selectors import Selection, product_page
from catalog.services import ProductDraft, VariantDraft
from tests.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect/></svg>'


def draft(**changes: Any) -> ProductDraft:
    values: dict[str, Any] = {
        "slug": "walton-primo",
        "category": CategoryFactory(name_en="Mobiles", name_bn="মোবাইল"),
        "brand": BrandFactory(name="Walton"),
        "name_en": "Walton Primo",
        "name_bn": "ওয়ালটন প্রিমো",
        "description_en": "A phone for the road.",
        "description_bn": "পথের ফোন।",
        "variants": [VariantDraft("P-2", "Blue", "নীল", 900), VariantDraft("P-1", "Black", "কালো", 700, 800)],
        "pictures": [Drawing(SVG, 4, 3, "front", "সামনে"), Drawing(SVG, 4, 3, "again", "আবার")],
    }
    return ProductDraft(**values | changes)


def slugs(question: str) -> list[str]:
    return [item["slug"] for item in product_page(Selection(q=question), limit=10)["items"]]


def test_a_created_product_is_complete() -> None:
    """Lowest price with its compare-at, variants and pictures in order, sold out, and to be found at once."""
    product = services.create_product(draft=draft())

    product.refresh_from_db()
    assert (product.price_poisha, product.compare_at_poisha, product.stock) == (700, 800, "out")
    assert [variant.sku for variant in product.variants.all()] == ["P-2", "P-1"]
    assert [link.alt_en for link in product.picture_links.all()] == ["front", "again"]
    for question in ("primo", "প্রিমো", "walton", "মোবাইল", "road", "পথের", "P-1", "নীল"):
        assert slugs(question) == ["walton-primo"]


def test_creating_is_all_or_nothing() -> None:
    """One taken SKU, and nothing of the batch is there."""
    VariantFactory(sku="P-1")

    with pytest.raises(IntegrityError):
        services.create_products(drafts=[draft()])


@pytest.mark.parametrize("number", [1, 6])
def test_creating_many_takes_no_more_queries(number: int, django_assert_max_num_queries: Any) -> None:
    """A batch costs what one costs."""
    drafts = [
        draft(slug=f"p-{i}", variants=[VariantDraft(f"S-{i}", "Blue", "নীল", 900)]) for i in range(number)
    ]

    with django_assert_max_num_queries(10):
        services.create_products(drafts=drafts)


def test_a_renamed_product_is_found_by_its_new_name_only() -> None:
    """The search columns follow an update."""
    product = services.create_product(draft=draft())

    services.update_product(
        product_id=product.id, name_en="Walton Nexus", name_bn="ওয়ালটন নেক্সাস", slug="nexus"
    )

    assert slugs("nexus") == slugs("নেক্সাস") == ["nexus"]
    assert slugs("primo") == []


@pytest.mark.parametrize(
    "field", ["price_poisha", "stock", "search_text", "search_vector", "compare_at_poisha"]
)
def test_derived_fields_are_not_set_by_hand(field: str) -> None:
    """Who tries is told, and nothing is written."""
    product = ProductFactory()

    with pytest.raises(ValueError, match=field):
        services.update_product(product_id=product.id, **{field: 1})


def test_the_lowest_active_price_is_shown() -> None:
    """Inactive variants do not count; without any active one the last price stays."""
    product = ProductFactory(price_poisha=1)
    dear = VariantFactory(product=product, price_poisha=900, compare_at_poisha=1_000)
    VariantFactory(product=product, price_poisha=500, is_active=False)
    untouched = ProductFactory(price_poisha=42)

    services.refresh_product_summary(product_ids=[product.id])
    product.refresh_from_db()
    assert (product.price_poisha, product.compare_at_poisha) == (900, 1_000)

    Variant.objects.filter(id=dear.id).update(is_active=False)
    services.refresh_product_summary(product_ids=[product.id])
    product.refresh_from_db()
    assert (product.price_poisha, product.compare_at_poisha) == (900, None)
    untouched.refresh_from_db()
    assert untouched.price_poisha == 42


def test_the_stock_state_is_written_on_a_change_only() -> None:
    """True once, then False: sales do not queue for the product's row."""
    product = ProductFactory(stock="in_stock")

    assert services.set_stock_state(product_id=product.id, state=Product.Stock.LOW) is True
    assert services.set_stock_state(product_id=product.id, state=Product.Stock.LOW) is False
    product.refresh_from_db()
    assert product.stock == "low"


def test_switching_a_variant_off_changes_the_stock_state() -> None:
    """Inventory hears of it: the last variant in stock is off, so the product is sold out."""
    product = ProductFactory(stock="in_stock")
    variant = VariantFactory(product=product, stock=50)
    VariantFactory(product=product, stock=0)

    Variant.objects.filter(id=variant.id).update(is_active=False)
    services.products_changed(product_ids=[product.id])

    product.refresh_from_db()
    assert product.stock == "out"
