"""The product's page, and what carts ask of a SKU."""

from typing import Any

import pytest
from django.test import Client

from catalog import schemas
from catalog.models import Product, ProductPicture
from catalog.selectors import variants_by_sku
from inventory.models import Stock
from tests.factories import CategoryFactory, CustomerFactory, PictureFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def show(api: Client, slug: str) -> Any:
    return api.get(f"/api/v1/catalog/products/{slug}")


def test_a_product_shows_everything(api: Client) -> None:
    """Texts in both languages, pictures and variants in their order, in the declared shape."""
    product = ProductFactory(
        specifications=[{"name": {"en": "Weight", "bn": "ওজন"}, "value": {"en": "1 kg", "bn": "১ কেজি"}}]
    )
    for position in (1, 0):
        ProductPicture.objects.create(
            product=product,
            picture=PictureFactory(content=b"<svg>%d</svg>" % position),
            position=position,
            alt_en=f"view {position}",
            alt_bn=f"ছবি {position}",
        )
    VariantFactory(product=product, sku="SECOND", position=1, stock=3)
    VariantFactory(product=product, sku="FIRST", position=0, stock=40)
    VariantFactory(product=product, sku="GONE", position=2, is_active=False)

    body = show(api, product.slug).json()

    assert body == schemas.Product.model_validate(body).model_dump()
    assert [picture["alt"]["en"] for picture in body["pictures"]] == ["view 0", "view 1"]
    assert [variant["sku"] for variant in body["variants"]] == ["FIRST", "SECOND"]
    assert body["category"] == {
        "slug": product.category.slug,
        "name": {"en": product.category.name_en, "bn": product.category.name_bn},
    }


@pytest.mark.parametrize(
    ("on_hand", "reserved", "state", "most"),
    [
        (40, 0, "in_stock", 10),
        (7, 0, "in_stock", 7),
        (5, 0, "low", 5),
        (9, 8, "low", 1),
        (4, 4, "out", 0),
        (0, 0, "out", 0),
    ],
)
def test_a_variant_tells_what_may_be_bought(
    api: Client, on_hand: int, reserved: int, state: str, most: int
) -> None:
    """What is promised to others is not for sale; ten is the most for one order."""
    variant = VariantFactory(stock=on_hand)
    Stock.objects.filter(variant=variant).update(reserved=reserved)

    [shown] = show(api, variant.product.slug).json()["variants"]

    assert (shown["stock"], shown["max_quantity"]) == (state, most)


def test_a_variant_that_inventory_does_not_know_is_sold_out(api: Client) -> None:
    """No row of stock is no stock."""
    variant = VariantFactory(stock=0)
    Stock.objects.filter(variant=variant).delete()

    [shown] = show(api, variant.product.slug).json()["variants"]

    assert (shown["stock"], shown["max_quantity"]) == ("out", 0)


def test_related_products_are_near_and_can_be_bought(api: Client) -> None:
    """At most four of the category, not itself: in stock first, then by nearness of the price."""
    category = CategoryFactory()
    product = ProductFactory(category=category, price_poisha=1_000)
    near = [ProductFactory(category=category, price_poisha=1_000 + step) for step in (10, 20, 30, 40)]
    ProductFactory(category=category, price_poisha=1_001, stock="out")
    ProductFactory(category=category, price_poisha=1_001, is_active=False)
    ProductFactory(price_poisha=1_000)

    related = show(api, product.slug).json()["related"]

    assert [item["slug"] for item in related] == [other.slug for other in near]


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_page_takes_three_queries(api: Client, signed_in: bool, django_assert_max_num_queries: Any) -> None:
    """However many variants, pictures and related products there are, the customer's session included."""
    category = CategoryFactory()
    product = ProductFactory(category=category)
    for number in range(5):
        VariantFactory(product=product)
        VariantFactory(product=ProductFactory(category=category))
        ProductPicture.objects.create(
            product=product,
            picture=PictureFactory(content=b"%d" % number),
            position=number,
            alt_en="a",
            alt_bn="b",
        )

    if signed_in:
        api.force_login(CustomerFactory(), backend="accounts.backends.EmailOrPhoneBackend")

    with django_assert_max_num_queries(3):
        assert show(api, product.slug).status_code == 200


@pytest.mark.parametrize("slug", ["no-such-product", "a" * 120])
def test_an_unknown_product_is_not_found(api: Client, slug: str) -> None:
    """A problem document in both languages."""
    response = show(api, slug)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert set(response.json()["messages"]) == {"en", "bn"}


def test_an_inactive_product_is_not_found(api: Client) -> None:
    """Taken off sale is gone."""
    assert show(api, ProductFactory(is_active=False).slug).status_code == 404


@pytest.mark.parametrize(
    "slug", ["A", "a_b", "%00", "%ff", "a" * 121, "..", "%27%20OR%201=1", "%E0%A6%AC", "a%0a"]
)
def test_what_is_no_slug_is_refused(api: Client, slug: str) -> None:
    """Hostile paths are 4xx."""
    assert show(api, slug).status_code in {404, 422}


def test_an_unchanged_page_is_not_sent_again(api: Client) -> None:
    """304 for its ETag, until something on it changes: here the stock."""
    variant = VariantFactory(stock=40)
    first = show(api, variant.product.slug)
    address = f"/api/v1/catalog/products/{variant.product.slug}"

    assert api.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304

    Stock.objects.filter(variant=variant).update(on_hand=1)
    assert api.get(address, headers={"if-none-match": f"W/{first['ETag']}"}).status_code == 200


def test_carts_are_priced_in_one_query(django_assert_num_queries: Any) -> None:
    """What is for sale, by SKU, and nothing of what is not."""
    variant = VariantFactory(price_poisha=500, compare_at_poisha=600)
    inactive = VariantFactory(is_active=False)
    withdrawn = VariantFactory(product=ProductFactory(is_active=False))

    with django_assert_num_queries(1):
        found = variants_by_sku([variant.sku, variant.sku, inactive.sku, withdrawn.sku, "UNKNOWN", "", "🎉"])

    assert list(found) == [variant.sku]
    answer = found[variant.sku]
    assert (answer.variant_id, answer.price_poisha, answer.compare_at_poisha) == (variant.id, 500, 600)
    assert (answer.product_slug, answer.name_bn) == (variant.product.slug, variant.product.name_bn)
    assert answer.picture_digest == variant.product.picture_id
    assert answer.picture_alt_en == answer.name_en


def test_no_skus_cost_nothing(django_assert_num_queries: Any) -> None:
    """An empty cart asks nothing of the database."""
    with django_assert_num_queries(0):
        assert variants_by_sku([]) == {}


def test_every_product_is_shown(api: Client) -> None:
    """The list and the page agree on which products there are."""
    VariantFactory.create_batch(3)

    for product in Product.objects.all():
        assert show(api, product.slug).status_code == 200
