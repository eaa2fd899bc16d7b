"""The API's shapes, made of rows: what lists, product pages and categories have in common."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import Product, Variant

Answer = dict[str, Any]
Row = Mapping[str, Any]

SUMMARY_FIELDS = (
    "id",
    "slug",
    "name_en",
    "name_bn",
    "brand__slug",
    "brand__name",
    "category__slug",
    "price_poisha",
    "compare_at_poisha",
    "stock",
    "variant_count",
    "picture_id",
    "picture__width",
    "picture__height",
)


def summaries(products: QuerySet[Product]) -> QuerySet[Product]:
    """Products with ``variant_count``, counting the active ones, so that ``SUMMARY_FIELDS`` can be read."""
    variants = (
        Variant.objects.filter(product=OuterRef("pk"), is_active=True)
        .order_by()
        .values("product")
        .annotate(count=Count("id"))
        .values("count")
    )
    return products.annotate(variant_count=Coalesce(Subquery(variants), 0))


def summary(row: Row) -> Answer:
    """``schemas.ProductSummary`` of a row with ``SUMMARY_FIELDS``."""
    return {
        "slug": row["slug"],
        "name": text(row, "name"),
        "brand": {"slug": row["brand__slug"], "name": row["brand__name"]},
        "category_slug": row["category__slug"],
        "price_poisha": row["price_poisha"],
        "compare_at_poisha": row["compare_at_poisha"],
        "stock": row["stock"],
        "variant_count": row["variant_count"],
        "picture": picture(row),
    }


def picture(row: Row) -> Answer:
    """``schemas.Picture`` of a row that joins its picture; its alternative text is the row's name."""
    return {
        "url": picture_url(row["picture_id"]),
        "width": row["picture__width"],
        "height": row["picture__height"],
        "alt": text(row, "name"),
    }


def picture_url(digest: str) -> str:
    """Where a picture is served."""
    return f"/pictures/{digest}.svg"


def text(row: Row, name: str) -> Answer:
    """``LocalizedText`` of the two columns of a text."""
    return {"en": row[f"{name}_en"], "bn": row[f"{name}_bn"]}
