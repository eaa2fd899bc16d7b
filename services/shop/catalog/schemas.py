"""Shapes of the catalogue's API. Money is integer poisha."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from ops.schemas import LocalizedText

MAXIMUM_PAGE = 60
DEFAULT_PAGE = 24
MAXIMUM_BRANDS = 20
MAXIMUM_QUESTION_CHARACTERS = 200
MAXIMUM_PRICE_POISHA = 10**12

Slug = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[a-z0-9-]+$")]
# PostgreSQL keeps no NUL; the other control characters mean nothing in a question. U+FFFD is what Django makes of
# bytes that are no UTF-8: such a question is refused, not searched for.
Question = Annotated[
    str, Field(max_length=MAXIMUM_QUESTION_CHARACTERS, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]*$")
]
PriceBound = Annotated[int, Field(ge=0, le=MAXIMUM_PRICE_POISHA)]
StockWord = Literal["in_stock", "low", "out"]


class FilterQuery(Schema):
    """Which products the filters are for."""

    category: Slug | None = None
    q: Question | None = None


class ProductQuery(FilterQuery):
    """Which products, in which order, from where on."""

    brand: list[Slug] = Field([], max_length=MAXIMUM_BRANDS)
    min_price_poisha: PriceBound | None = None
    max_price_poisha: PriceBound | None = None
    in_stock: bool = False
    sort: Literal["featured", "newest", "price_asc", "price_desc", "relevance"] | None = Field(
        None, description="Default: relevance for a search, else featured"
    )
    cursor: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    limit: int = Field(DEFAULT_PAGE, ge=1, le=MAXIMUM_PAGE)


class Picture(Schema):
    """Immutable: its address names the SHA-256 of its bytes."""

    url: str
    width: int
    height: int
    alt: LocalizedText


class Category(Schema):
    slug: str
    name: LocalizedText
    product_count: int
    picture: Picture


class CategoryName(Schema):
    slug: str
    name: LocalizedText


class Brand(Schema):
    slug: str
    name: str


class BrandCount(Brand):
    count: int


class ProductSummary(Schema):
    slug: str
    name: LocalizedText
    brand: Brand
    category_slug: str
    price_poisha: int = Field(description="The lowest among the variants")
    compare_at_poisha: int | None
    stock: StockWord
    variant_count: int
    picture: Picture


class ProductPage(Schema):
    items: list[ProductSummary]
    next_cursor: str | None


class Filters(Schema):
    brands: list[BrandCount]
    min_price_poisha: int | None
    max_price_poisha: int | None
    total: int


class Specification(Schema):
    name: LocalizedText
    value: LocalizedText


class Variant(Schema):
    sku: str
    name: LocalizedText
    price_poisha: int
    compare_at_poisha: int | None
    stock: StockWord
    max_quantity: int = Field(description="How many one order may hold; 0 when sold out")


class Product(Schema):
    slug: str
    name: LocalizedText
    brand: Brand
    category: CategoryName
    description: LocalizedText
    specifications: list[Specification]
    warranty_months: int
    pictures: list[Picture]
    variants: list[Variant]
    related: list[ProductSummary]
