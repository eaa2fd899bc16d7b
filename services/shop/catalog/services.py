"""Writes of the catalogue. Everything that changes a product goes through here, so that what lists show stays right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from catalog.models import Brand, Category, Picture, Product, ProductPicture, Variant
from catalog.pictures import Drawing, store_drawings, view_box
from catalog.search import index_products
from catalog.signals import variants_changed

SUMMARY_FIELDS = frozenset({"price_poisha", "compare_at_poisha", "stock", "search_text", "search_vector"})


@dataclass(frozen=True)
class VariantDraft:
    """A variant to be created. Prices in poisha; ``compare_at_poisha``, when given, is above the price."""

    sku: str
    name_en: str
    name_bn: str
    price_poisha: int
    compare_at_poisha: int | None = None


@dataclass(frozen=True)
class ProductDraft:
    """A product to be created, with its variants and pictures (at least one of each, first is foremost)."""

    slug: str
    category: Category
    brand: Brand
    name_en: str
    name_bn: str
    description_en: str
    description_bn: str
    variants: Sequence[VariantDraft]
    pictures: Sequence[Drawing]
    specifications: Sequence[dict[str, dict[str, str]]] = ()
    warranty_months: int = 12
    featured_rank: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)  # further fields of Product, such as created_at


@transaction.atomic
def create_products(*, drafts: Sequence[ProductDraft]) -> list[Product]:
    """Create products with variants and pictures, searchable at once; a fixed number of queries.

    They are sold out until inventory gives their variants stock and calls ``set_stock_state``.
    """
    store_drawings(drawing for draft in drafts for drawing in draft.pictures)
    products = Product.objects.bulk_create(_product(draft) for draft in drafts)
    pairs = list(zip(products, drafts, strict=True))
    Variant.objects.bulk_create(
        Variant(
            product=product,
            sku=variant.sku,
            name_en=variant.name_en,
            name_bn=variant.name_bn,
            price_poisha=variant.price_poisha,
            compare_at_poisha=variant.compare_at_poisha,
            position=position,
        )
        for product, draft in pairs
        for position, variant in enumerate(draft.variants)
    )
    ProductPicture.objects.bulk_create(
        ProductPicture(
            product=product,
            picture_id=drawing.digest,
            position=position,
            alt_en=drawing.alt_en,
            alt_bn=drawing.alt_bn,
        )
        for product, draft in pairs
        for position, drawing in enumerate(draft.pictures)
    )
    index_products(product.id for product in products)
    return products


def create_product(*, draft: ProductDraft) -> Product:
    """Create one product; see ``create_products``."""
    return create_products(drafts=[draft])[0]


@transaction.atomic
def update_product(*, product_id: int, **changes: Any) -> Product:
    """Change a product's own fields (names, texts, brand, category, rank, whether it is active).

    Raises:
        Product.DoesNotExist: there is none.
        ValueError: a field is kept by the services themselves.
    """
    if derived := SUMMARY_FIELDS & changes.keys():
        raise ValueError(f"derived fields are not set by hand: {', '.join(sorted(derived))}")
    product = Product.objects.select_for_update().get(id=product_id)
    for name, value in changes.items():
        setattr(product, name, value)
    product.save(update_fields=[*changes, "updated_at"])
    products_changed(product_ids=[product_id])
    product.refresh_from_db()
    return product


def add_picture(*, content: bytes) -> Picture:
    """Keep an SVG, by its digest; the same bytes twice are one picture. Its size is that of its ``viewBox``.

    Raises:
        UnsafePicture: see ``catalog.pictures.check_svg``.
    """
    width, height = view_box(content)
    drawing = Drawing(content, width, height, "", "")
    store_drawings([drawing])
    return Picture.objects.get(digest=drawing.digest)


@transaction.atomic
def products_changed(*, product_ids: Iterable[int]) -> None:
    """Bring up to date what is kept of products for lists and search; call it after any change by other means."""
    ids = set(product_ids)
    refresh_product_summary(product_ids=ids)
    index_products(ids)
    variants_changed.send(sender=Product, product_ids=ids)


def refresh_product_summary(*, product_ids: Iterable[int]) -> None:
    """Copy the lowest active variant's price, and its compare-at price, to the products; one query.

    A product without an active variant keeps its last price.
    """
    cheapest = Variant.objects.filter(product=OuterRef("pk"), is_active=True).order_by("price_poisha", "id")
    Product.objects.filter(id__in=set(product_ids)).update(
        price_poisha=Coalesce(Subquery(cheapest.values("price_poisha")[:1]), F("price_poisha")),
        compare_at_poisha=Subquery(cheapest.values("compare_at_poisha")[:1]),
    )


def set_stock_state(*, product_id: int, state: Product.Stock) -> bool:
    """Show a product as in stock, low or out; inventory calls it when the sum over the variants crosses a line.

    Writes only on a change, so that sales of one product do not queue for its row. Returns whether it changed.
    """
    return bool(Product.objects.filter(id=product_id).exclude(stock=state).update(stock=state))


def _product(draft: ProductDraft) -> Product:
    cheapest = min(draft.variants, key=lambda variant: variant.price_poisha)
    return Product(
        slug=draft.slug,
        category=draft.category,
        brand=draft.brand,
        name_en=draft.name_en,
        name_bn=draft.name_bn,
        description_en=draft.description_en,
        description_bn=draft.description_bn,
        specifications=list(draft.specifications),
        warranty_months=draft.warranty_months,
        picture_id=draft.pictures[0].digest,
        price_poisha=cheapest.price_poisha,
        compare_at_poisha=cheapest.compare_at_poisha,
        featured_rank=draft.featured_rank,
        **draft.attributes,
    )
