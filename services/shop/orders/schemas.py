"""Shapes of the orders API. Money is integer poisha; texts have bounds that PostgreSQL and SSLCommerz can take."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from accounts.login import EMAIL_PATTERN
from accounts.phone import MAXIMUM_WRITTEN_CHARACTERS, normalise_mobile
from catalog.availability import MAXIMUM_QUANTITY_PER_LINE
from catalog.schemas import Picture
from ops.schemas import LocalizedText, Strict, one_line
from orders.locations import DISTRICTS

MAXIMUM_LINES = 50
MAXIMUM_TOTAL_POISHA = 10**13
TOKEN_PATTERN = r"^[A-Za-z0-9_-]{32,43}$"  # noqa: S105 - a shape, not a secret
KEY_PATTERN = r"^[A-Za-z0-9_-]{16,64}$"


Sku = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")]
DistrictCode = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z-]+$")]
Token = Annotated[str, StringConstraints(pattern=TOKEN_PATTERN)]
Language = Literal["en", "bn"]
OrderStatus = Literal[
    "awaiting_payment", "confirmed", "packed", "shipped", "delivered", "cancelled", "expired"
]
PaymentMethod = Literal["cod", "sslcommerz"]
PaymentStatus = Literal["due_on_delivery", "unpaid", "paid", "failed", "refund_requested", "refunded"]


def _known_district(code: str) -> str:
    if code not in DISTRICTS:
        raise PydanticCustomError("unknown_district", "There is no such district.")
    return code


class CartLineIn(Strict):
    sku: Sku
    quantity: Annotated[int, Field(strict=True, ge=1, le=MAXIMUM_QUANTITY_PER_LINE)]


def _skus_once(lines: list[CartLineIn]) -> list[CartLineIn]:
    if len({line.sku for line in lines}) != len(lines):
        raise PydanticCustomError("duplicate_sku", "A product stands in two lines.")
    return lines


class CartIn(Strict):
    lines: Annotated[list[CartLineIn], Field(min_length=1, max_length=MAXIMUM_LINES)]

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[CartLineIn]) -> list[CartLineIn]:
        return _skus_once(lines)


class QuoteIn(CartIn):
    district: DistrictCode | None = None

    @field_validator("district")
    @classmethod
    def _district(cls, code: str | None) -> str | None:
        return code if code is None else _known_district(code)


class ContactIn(Strict):
    name: Annotated[str, one_line(120)]
    phone: Annotated[str, Field(max_length=MAXIMUM_WRITTEN_CHARACTERS)] = Field(
        description="A mobile number of Bangladesh, in any common way to write it"
    )
    email: Annotated[str, StringConstraints(max_length=120, pattern=EMAIL_PATTERN)] | None = None

    @field_validator("phone")
    @classmethod
    def _mobile(cls, written: str) -> str:
        try:
            return normalise_mobile(written)
        except ValueError:
            raise PydanticCustomError("invalid_phone", "This is no mobile number of Bangladesh.") from None

    @field_validator("email", mode="before")
    @classmethod
    def _empty_is_none(cls, email: object) -> object:
        return None if email == "" else email


class AddressIn(Strict):
    line1: Annotated[str, one_line(200)]
    area: Annotated[str, one_line(120)]
    district: DistrictCode
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None

    @field_validator("district")
    @classmethod
    def _district(cls, code: str) -> str:
        return _known_district(code)

    @field_validator("postcode", mode="before")
    @classmethod
    def _empty_is_none(cls, postcode: object) -> object:
        return None if postcode == "" else postcode


class OrderIn(CartIn):
    contact: ContactIn
    address: AddressIn
    payment_method: PaymentMethod
    expected_total_poisha: Annotated[int, Field(strict=True, ge=0, le=MAXIMUM_TOTAL_POISHA)] = Field(
        description="What the customer was shown; another total is refused"
    )
    language: Language


class DistrictOut(Schema):
    code: str
    name: LocalizedText
    delivery_poisha: int


class DivisionOut(Schema):
    code: str
    name: LocalizedText
    districts: list[DistrictOut]


class Locations(Schema):
    divisions: list[DivisionOut]


class QuoteLine(Schema):
    sku: str
    product_slug: str | None
    name: LocalizedText | None
    variant_name: LocalizedText | None
    picture: Picture | None
    unit_price_poisha: int
    quantity: int
    max_quantity: int
    line_total_poisha: int
    problem: Literal["unknown_sku", "out_of_stock", "insufficient_stock"] | None


class Quote(Schema):
    lines: list[QuoteLine]
    subtotal_poisha: int
    delivery_poisha: int | None
    total_poisha: int
    orderable: bool


class OrderPayment(Schema):
    method: PaymentMethod
    status: PaymentStatus


class OrderLine(Schema):
    sku: str
    product_slug: str
    name: LocalizedText
    variant_name: LocalizedText
    picture: Picture
    unit_price_poisha: int
    quantity: int
    line_total_poisha: int


class Place(Schema):
    code: str
    name: LocalizedText


class OrderContact(Schema):
    name: str
    phone: str = Field(description="Masked")
    email: str | None = Field(description="Masked")


class OrderAddress(Schema):
    line1: str
    area: str
    district: Place
    division: Place
    postcode: str | None


class OrderEvent(Schema):
    status: OrderStatus
    at: datetime


class Order(Schema):
    token: str
    number: str
    status: OrderStatus
    payment: OrderPayment
    created_at: datetime
    expires_at: datetime | None
    lines: list[OrderLine]
    subtotal_poisha: int
    delivery_poisha: int
    total_poisha: int
    contact: OrderContact
    address: OrderAddress
    history: list[OrderEvent]
    can_cancel: bool
    can_pay: bool


class OrderSummary(Schema):
    token: str
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    created_at: datetime
    total_poisha: int
    item_count: int


class OrderPage(Schema):
    items: list[OrderSummary]
    next_cursor: str | None
