"""Lists of products: filters, orders, pages, and what they cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pydantic import TypeAdapter

from catalog.models import Product
from catalog.schemas import Category, Filters, ProductPage
from tests.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
PRODUCTS = "/api/v1/catalog/products"
NEW = datetime(2026, 3, 1, tzinfo=UTC)
SORTS = ["featured", "newest", "price_asc", "price_desc"]


@pytest.fixture
def shelf() -> list[Product]:
    """23 products with many equal ranks, prices and times, so that only the id tells them apart."""
    return [
        ProductFactory(
            price_poisha=100_000 + number % 3,
            featured_rank=1 + number % 4,
            created_at=NEW + timedelta(microseconds=number % 2),
        )
        for number in range(23)
    ]


def walk(api: Client, **parameters: Any) -> list[str]:
    """The slugs of all pages, one after the other."""
    slugs, cursor = [], None
    for _ in range(100):
        page = api.get(PRODUCTS, parameters | ({"cursor": cursor} if cursor else {})).json()
        slugs += [item["slug"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return slugs
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 5, 23, 60])
def test_pages_show_each_product_exactly_once(
    api: Client, shelf: list[Product], sort: str, limit: int
) -> None:
    """In every order and page size, also where keys are equal."""
    slugs = walk(api, sort=sort, limit=limit)

    assert len(slugs) == len(set(slugs)) == len(shelf)


@pytest.mark.parametrize(
    ("sort", "key", "descending"),
    [
        ("featured", "featured_rank", False),
        ("newest", "created_at", True),
        ("price_asc", "price_poisha", False),
        ("price_desc", "price_poisha", True),
    ],
)
def test_orders_are_what_they_are_called(
    api: Client, shelf: list[Product], sort: str, key: str, descending: bool
) -> None:
    """The whole list is in the order of its key, and equal ones in that of the id."""
    expected = sorted(shelf, key=lambda product: (getattr(product, key), product.id), reverse=descending)

    assert walk(api, sort=sort, limit=4) == [product.slug for product in expected]


@pytest.mark.parametrize("sort", SORTS)
def test_products_that_come_in_between_move_nothing(api: Client, shelf: list[Product], sort: str) -> None:
    """New products before the cursor repeat nothing and hide nothing of the next page."""
    before = walk(api, sort=sort, limit=5)
    first = api.get(PRODUCTS, {"sort": sort, "limit": 5}).json()

    ProductFactory(featured_rank=0, price_poisha=1, created_at=NEW + timedelta(days=9))
    ProductFactory(featured_rank=0, price_poisha=10**9, created_at=NEW + timedelta(days=9))
    second = api.get(PRODUCTS, {"sort": sort, "limit": 5, "cursor": first["next_cursor"]}).json()

    assert [item["slug"] for item in second["items"]] == before[5:10]


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "!!!", "ZmVhdHVyZWQ6MQ", "a" * 121, "", "ZmVhdHVyZWQ6MToyOjM", "\x00", "%"]
)
def test_a_malformed_cursor_is_refused(api: Client, shelf: list[Product], cursor: str) -> None:
    """A problem document that says so, never a fault, never silently the first page."""
    response = api.get(PRODUCTS, {"cursor": cursor})

    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] in {"invalid_cursor", "invalid_input"}


def test_a_cursor_of_another_order_is_refused(api: Client, shelf: list[Product]) -> None:
    """A position by price means nothing among the newest."""
    cursor = api.get(PRODUCTS, {"sort": "price_asc", "limit": 2}).json()["next_cursor"]

    response = api.get(PRODUCTS, {"sort": "newest", "cursor": cursor})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def test_filters_narrow(api: Client) -> None:
    """Category, brands (any of several), price bounds (inclusive) and stock, each and together."""
    phones, radios = CategoryFactory(slug="phones"), CategoryFactory(slug="radios")
    one, two = BrandFactory(slug="one"), BrandFactory(slug="two")
    a = ProductFactory(category=phones, brand=one, price_poisha=100)
    b = ProductFactory(category=phones, brand=two, price_poisha=200, stock="out")
    c = ProductFactory(category=radios, brand=two, price_poisha=300, stock="low")
    ProductFactory(category=phones, brand=one, price_poisha=150, is_active=False)

    def slugs(**parameters: Any) -> set[str]:
        return set(walk(api, **parameters))

    assert slugs() == {a.slug, b.slug, c.slug}
    assert slugs(category="phones") == {a.slug, b.slug}
    assert slugs(brand=["one", "two"]) == {a.slug, b.slug, c.slug}
    assert slugs(brand="two", category="phones") == {b.slug}
    assert slugs(min_price_poisha=200, max_price_poisha=300) == {b.slug, c.slug}
    assert slugs(in_stock="true") == {a.slug, c.slug}
    assert slugs(category="no-such") == slugs(brand="no-such") == set()


def test_a_summary_says_what_a_card_needs(api: Client) -> None:
    """All fields, with the number of active variants only, and in the declared shape."""
    product = ProductFactory(compare_at_poisha=120_000)
    VariantFactory(product=product)
    VariantFactory(product=product, is_active=False)

    response = api.get(PRODUCTS)

    page = ProductPage.model_validate(response.json())
    [item] = page.items
    assert page.next_cursor is None
    assert response.json() == page.model_dump()
    assert (item.slug, item.variant_count, item.price_poisha, item.compare_at_poisha, item.stock) == (
        product.slug,
        1,
        100_000,
        120_000,
        "in_stock",
    )
    assert (item.name.en, item.name.bn, item.brand.slug) == (
        product.name_en,
        product.name_bn,
        product.brand.slug,
    )
    assert item.picture.url == f"/pictures/{product.picture_id}.svg"


def test_filters_describe_a_category(api: Client) -> None:
    """Brands with their counts by name, the price range and the total, of active products only."""
    phones = CategoryFactory(slug="phones")
    brand = BrandFactory(slug="b", name="B")
    other = BrandFactory(slug="a", name="A")
    ProductFactory(category=phones, brand=brand, price_poisha=500)
    ProductFactory(category=phones, brand=brand, price_poisha=900)
    ProductFactory(category=phones, brand=other, price_poisha=700)
    ProductFactory(category=phones, brand=other, price_poisha=1, is_active=False)
    ProductFactory(price_poisha=5)

    body = api.get("/api/v1/catalog/filters", {"category": "phones"}).json()

    assert body == Filters.model_validate(body).model_dump()
    assert body == {
        "brands": [{"slug": "a", "name": "A", "count": 1}, {"slug": "b", "name": "B", "count": 2}],
        "min_price_poisha": 500,
        "max_price_poisha": 900,
        "total": 3,
    }


def test_filters_of_nothing_are_empty(api: Client) -> None:
    """No products: no brands and no bounds."""
    body = api.get("/api/v1/catalog/filters", {"category": "phones"}).json()

    assert body == {"brands": [], "min_price_poisha": None, "max_price_poisha": None, "total": 0}


def test_categories_count_their_products(api: Client) -> None:
    """In their order, the empty ones too, counting what is active."""
    second, first = CategoryFactory(position=2), CategoryFactory(position=1)
    ProductFactory(category=second)
    ProductFactory(category=second, is_active=False)

    body = api.get("/api/v1/catalog/categories").json()

    assert [(item["slug"], item["product_count"]) for item in body] == [(first.slug, 0), (second.slug, 1)]
    assert body == [item.model_dump() for item in TypeAdapter(list[Category]).validate_python(body)]


@pytest.mark.parametrize(
    ("path", "budget"),
    [
        (PRODUCTS, 3),
        (f"{PRODUCTS}?limit=60&sort=price_asc&brand=x&in_stock=true", 3),
        (f"{PRODUCTS}?q=product", 3),
        ("/api/v1/catalog/categories", 2),
        ("/api/v1/catalog/filters", 2),
        ("/api/v1/catalog/filters?q=product", 2),
    ],
)
def test_queries_do_not_grow_with_the_list(
    api: Client, shelf: list[Product], path: str, budget: int, django_assert_max_num_queries: Any
) -> None:
    """A fixed number of queries for 23 products."""
    with django_assert_max_num_queries(budget):
        assert api.get(path).status_code == 200


def test_a_list_is_one_lean_query(api: Client, shelf: list[Product], django_assert_num_queries: Any) -> None:
    """One SELECT, that leaves the long texts where they are."""
    with django_assert_num_queries(1) as queries:
        api.get(PRODUCTS)

    assert "description" not in queries[0]["sql"]
    assert "search_vector" not in queries[0]["sql"]


@pytest.mark.parametrize(
    "path", [PRODUCTS, f"{PRODUCTS}?sort=newest", "/api/v1/catalog/categories", "/api/v1/catalog/filters"]
)
def test_who_has_it_already_is_told_so(api: Client, shelf: list[Product], path: str) -> None:
    """The same ETag twice, 304 without a body for it, and a new one after a change."""
    first = api.get(path)
    again = api.get(path, headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"].startswith("public, max-age=")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])

    ProductFactory(price_poisha=7)
    assert api.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=61",
        "limit=-1",
        "limit=ten",
        "limit=99999999999999999999",
        "min_price_poisha=-1",
        "max_price_poisha=1000000000001",
        "min_price_poisha=1e3",
        "min_price_poisha=NaN",
        "sort=random",
        "in_stock=perhaps",
        "category=" + "a" * 121,
        "category=../etc",
        "category=%00",
        "brand=%E0%A6%AC",
        "brand=" + "&brand=".join(["a"] * 21),
        "cursor=%00",
    ],
)
def test_bad_parameters_are_refused(api: Client, query: str) -> None:
    """Out of range, malformed, foreign: a problem document that names the field."""
    response = api.get(f"{PRODUCTS}?{query}")

    assert response.status_code == 422, response.content
    assert response.json()["code"] == "invalid_input"
    assert response.json()["errors"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_catalogue_is_only_read(api: Client, method: str) -> None:
    """No unsafe method does anything."""
    assert getattr(api, method)(PRODUCTS).status_code == 405


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("featured", "product_featured"),
        ("newest", "product_newest"),
        ("price_asc", "product_price"),
        ("price_desc", "product_price"),
    ],
)
def test_a_deep_page_starts_in_the_index(api: Client, shelf: list[Product], sort: str, index: str) -> None:
    """The condition of the cursor bounds an index scan: page 1,000 costs what page 2 costs."""
    cursor = api.get(PRODUCTS, {"sort": sort, "limit": 5}).json()["next_cursor"]
    with connection.cursor() as raw:
        raw.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
        )

    with connection.execute_wrapper(Explained()) as _:
        explained = Explained.plan_of(lambda: api.get(PRODUCTS, {"sort": sort, "limit": 5, "cursor": cursor}))

    assert index in explained
    assert "Index Cond" in explained.split(index, 1)[1].split("Filter", 1)[0]


class Explained:
    """Keeps the plan of the statement that reads products."""

    plans: list[str] = []

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if "catalog_product" in sql and sql.startswith("SELECT"):
            with context["connection"].connection.cursor() as raw:
                raw.execute(f"EXPLAIN {sql}", parameters)
                self.plans.append("\n".join(row[0] for row in raw.fetchall()))
        return execute(sql, parameters, many, context)

    @classmethod
    def plan_of(cls, act: Any) -> str:
        cls.plans.clear()
        act()
        return cls.plans[-1]
