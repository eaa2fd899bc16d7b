"""Reads of the catalogue: each public function says how many queries it makes; answers have the API's shapes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Abs, Coalesce, JSONObject

from catalog import cursor as cursors
from catalog.answers import SUMMARY_FIELDS, Answer, Row, picture, summaries, summary, text
from catalog.availability import orderable_quantity, stock_state
from catalog.cursor import Position, Sort
from catalog.models import Category, Product, ProductPicture, Variant
from catalog.search import Question, read_question

MAXIMUM_RELATED = 4

# Order of each sort: its key, which way, and that of the id that breaks ties. The indexes of Product fit them.
_ORDERS: dict[Sort, tuple[str, bool]] = {
    Sort.FEATURED: ("featured_rank", False),
    Sort.NEWEST: ("created_at", True),
    Sort.PRICE_ASC: ("price_poisha", False),
    Sort.PRICE_DESC: ("price_poisha", True),
    Sort.RELEVANCE: ("score", True),
}


@dataclass(frozen=True, slots=True)
class VariantForSale:
    """What a cart needs to know of a SKU, but for its stock."""

    variant_id: int
    sku: str
    product_id: int
    product_slug: str
    name_en: str
    name_bn: str
    variant_name_en: str
    variant_name_bn: str
    picture_digest: str
    picture_width: int
    picture_height: int
    price_poisha: int
    compare_at_poisha: int | None

    @property
    def picture_alt_en(self) -> str:
        return self.name_en

    @property
    def picture_alt_bn(self) -> str:
        return self.name_bn


@dataclass(frozen=True, slots=True)
class Selection:
    """Which products: empty fields do not narrow. Prices are inclusive bounds in poisha."""

    category: str | None = None
    q: str | None = None
    brands: Sequence[str] = ()
    min_price_poisha: int | None = None
    max_price_poisha: int | None = None
    in_stock: bool = False

    @property
    def question(self) -> Question | None:
        """The search; None when nothing was asked."""
        return read_question(self.q) if self.q and self.q.strip() else None


def variants_by_sku(skus: Iterable[str]) -> dict[str, VariantForSale]:
    """The variants that can be bought, by SKU; one query. Unknown and inactive ones are absent."""
    rows = Variant.objects.filter(sku__in=set(skus), is_active=True, product__is_active=True).values_list(
        "id",
        "sku",
        "product_id",
        "product__slug",
        "product__name_en",
        "product__name_bn",
        "name_en",
        "name_bn",
        "product__picture_id",
        "product__picture__width",
        "product__picture__height",
        "price_poisha",
        "compare_at_poisha",
    )
    return {row[1]: VariantForSale(*row) for row in rows}


def categories() -> list[Answer]:
    """All categories with the number of their active products; one query."""
    rows = (
        Category.objects.annotate(product_count=Count("products", filter=Q(products__is_active=True)))
        .order_by("position", "slug")  # a grouped query has no ordering of its own
        .values(
            "slug", "name_en", "name_bn", "product_count", "picture_id", "picture__width", "picture__height"
        )
    )
    return [
        {
            "slug": row["slug"],
            "name": text(row, "name"),
            "product_count": row["product_count"],
            "picture": picture(row),
        }
        for row in rows
    ]


def product_page(
    selection: Selection, *, sort: Sort | None = None, cursor: str | None = None, limit: int
) -> Answer:
    """One page of a list, and the cursor of the next; one query.

    Raises:
        InvalidCursor: the cursor is not one of this order.
    """
    question = selection.question
    if sort is None or (sort is Sort.RELEVANCE and question is None):
        sort = Sort.RELEVANCE if question else Sort.FEATURED
    position = cursors.decode(cursor, sort=sort) if cursor else None
    products = _selected(selection, question)
    if products is None:
        return {"items": [], "next_cursor": None}
    if sort is Sort.RELEVANCE and question:
        products = products.annotate(score=question.score())
    key, descending = _ORDERS[sort]
    if position:
        products = products.filter(_after(position, key, descending=descending))
    sign = "-" if descending else ""
    rows = list(
        summaries(products).order_by(f"{sign}{key}", f"{sign}id").values(*SUMMARY_FIELDS, key)[: limit + 1]
    )
    shown = rows[:limit]
    return {
        "items": [summary(row) for row in shown],
        "next_cursor": cursors.encode(_position(sort, key, shown[-1])) if len(rows) > limit else None,
    }


def filters(selection: Selection) -> Answer:
    """What the products of a category or a search can be narrowed by; one query."""
    products = _selected(selection, selection.question)
    rows = (
        []
        if products is None
        else list(
            products.order_by("brand__name")
            .values("brand__slug", "brand__name")
            .annotate(count=Count("id"), lowest=Min("price_poisha"), highest=Max("price_poisha"))
        )
    )
    return {
        "brands": [
            {"slug": row["brand__slug"], "name": row["brand__name"], "count": row["count"]} for row in rows
        ],
        "min_price_poisha": min((row["lowest"] for row in rows), default=None),
        "max_price_poisha": max((row["highest"] for row in rows), default=None),
        "total": sum(row["count"] for row in rows),
    }


def product_detail(slug: str) -> Answer | None:
    """Everything that a product's page shows, None when there is none; two queries."""
    pictures = (
        ProductPicture.objects.filter(product=OuterRef("pk"))
        .order_by("position")
        .values(
            data=JSONObject(
                picture_id="picture_id",
                picture__width="picture__width",
                picture__height="picture__height",
                name_en="alt_en",
                name_bn="alt_bn",
            )
        )
    )
    product = (
        Product.objects.filter(slug=slug, is_active=True)
        .values(
            "id",
            "slug",
            "name_en",
            "name_bn",
            "brand__slug",
            "brand__name",
            "category_id",
            "category__slug",
            "category__name_en",
            "category__name_bn",
            "description_en",
            "description_bn",
            "specifications",
            "warranty_months",
            "price_poisha",
            pictures_json=ArraySubquery(pictures),
            variants_json=ArraySubquery(_variants()),
        )
        .first()
    )
    if product is None:
        return None
    return {
        "slug": product["slug"],
        "name": text(product, "name"),
        "brand": {"slug": product["brand__slug"], "name": product["brand__name"]},
        "category": {"slug": product["category__slug"], "name": text(product, "category__name")},
        "description": text(product, "description"),
        "specifications": product["specifications"],
        "warranty_months": product["warranty_months"],
        "pictures": [picture(row) for row in product["pictures_json"]],
        "variants": [_variant(row) for row in product["variants_json"]],
        "related": _related(product),
    }


def _variants() -> QuerySet[Variant, Any]:
    """For a subquery: the active variants; inventory's table is joined through the relation that it adds to ours."""
    return (
        Variant.objects.filter(product=OuterRef("pk"), is_active=True)
        .order_by("position", "id")
        .values(
            data=JSONObject(
                sku="sku",
                name_en="name_en",
                name_bn="name_bn",
                price_poisha="price_poisha",
                compare_at_poisha="compare_at_poisha",
                available=Coalesce(F("stock__on_hand") - F("stock__reserved"), 0),
                low_threshold=Coalesce("stock__low_threshold", 0),
            )
        )
    )


def _variant(row: Row) -> Answer:
    return {
        "sku": row["sku"],
        "name": text(row, "name"),
        "price_poisha": row["price_poisha"],
        "compare_at_poisha": row["compare_at_poisha"],
        "stock": stock_state(available=row["available"], low_threshold=row["low_threshold"]),
        "max_quantity": orderable_quantity(available=row["available"]),
    }


def _related(product: Row) -> list[Answer]:
    """Of the same category, what can be bought first, then what costs nearly the same."""
    others = Product.objects.filter(category_id=product["category_id"], is_active=True).exclude(
        id=product["id"]
    )
    rows = (
        summaries(others)
        .order_by(
            ExpressionWrapper(Q(stock=Product.Stock.OUT), output_field=BooleanField()),
            Abs(F("price_poisha") - product["price_poisha"]),
            "id",
        )
        .values(*SUMMARY_FIELDS)[:MAXIMUM_RELATED]
    )
    return [summary(row) for row in rows]


def _selected(selection: Selection, question: Question | None) -> QuerySet[Product] | None:
    """The active products of a selection; None when the search can find nothing."""
    if question is not None and question.is_empty:
        return None
    products = Product.objects.filter(is_active=True)
    if selection.category:
        products = products.filter(category__slug=selection.category)
    if selection.brands:
        products = products.filter(brand__slug__in=selection.brands)
    if selection.min_price_poisha is not None:
        products = products.filter(price_poisha__gte=selection.min_price_poisha)
    if selection.max_price_poisha is not None:
        products = products.filter(price_poisha__lte=selection.max_price_poisha)
    if selection.in_stock:
        products = products.exclude(stock=Product.Stock.OUT)
    for matches in question.matches() if question else ():
        products = products.filter(id__in=matches)
    return products


def _after(position: Position, key: str, *, descending: bool) -> Q:
    """The rows behind a position; the first condition is implied by the others, and lets an index start there."""
    value = cursors.moment_of(position.key) if position.sort is Sort.NEWEST else position.key
    beyond, at_least = ("lt", "lte") if descending else ("gt", "gte")
    return Q(**{f"{key}__{at_least}": value}) & (
        Q(**{f"{key}__{beyond}": value}) | Q(**{f"id__{beyond}": position.id})
    )


def _position(sort: Sort, key: str, row: Row) -> Position:
    value = row[key]
    return Position(sort, cursors.microseconds(value) if sort is Sort.NEWEST else value, row["id"])
