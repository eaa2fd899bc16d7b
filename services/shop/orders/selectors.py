"""Reads of orders: each public function says how many queries it makes."""

from dataclasses import dataclass

from django.db.models import Q, Sum
from django.utils import timezone

from catalog import cursor as positions
from catalog.cursor import Position, Sort
from ops.errors import NotFound
from orders.documents import Document, LineView, moment, order_document
from orders.models import Order, OrderEvent, OrderLine

ORDERS_PER_PAGE = 20


def order_by_token(*, token: str) -> Document:
    """What the tracking link shows; three queries.

    Raises:
        NotFound: no order has this token.
    """
    order = Order.objects.filter(token=token).first()
    if order is None:
        raise NotFound
    return document_of(order)


def document_of(order: Order) -> Document:
    """An order's document; two queries, for lines and history."""
    return order_document(
        order,
        lines=_lines(order),
        history=OrderEvent.objects.filter(order=order),
        now=timezone.now(),
    )


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders as the shape ``orders.schemas.OrderSummary``, newest first, and where the next page begins."""

    items: list[Document]
    next_cursor: str | None


def orders_of_customer(*, customer_id: int, cursor: str | None) -> OrderPage:
    """A page of a customer's orders; one query.

    Raises:
        InvalidCursor: the cursor is not one of ours.
    """
    orders = Order.objects.filter(customer_id=customer_id).annotate(item_count=Sum("lines__quantity"))
    if cursor is not None:
        last = positions.decode(cursor, sort=Sort.NEWEST)
        at = positions.moment_of(last.key)
        orders = orders.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last.id))
    found = list(orders.order_by("-created_at", "-id")[: ORDERS_PER_PAGE + 1])
    shown = found[:ORDERS_PER_PAGE]
    next_cursor = None
    if len(found) > ORDERS_PER_PAGE:
        end = shown[-1]
        next_cursor = positions.encode(Position(Sort.NEWEST, positions.microseconds(end.created_at), end.id))
    return OrderPage(items=[_summary(order) for order in shown], next_cursor=next_cursor)


def _summary(order: Order) -> Document:
    return {
        "token": order.token,
        "number": order.number,
        "status": order.status,
        "payment_status": order.payment_status,
        "created_at": moment(order.created_at),
        "total_poisha": order.total_poisha,
        "item_count": getattr(order, "item_count", None) or 0,
    }


def _lines(order: Order) -> list[LineView]:
    rows = OrderLine.objects.filter(order=order).values_list(
        "variant__sku",
        "product_slug",
        "name_en",
        "name_bn",
        "variant_name_en",
        "variant_name_bn",
        "unit_price_poisha",
        "quantity",
        "variant__product__picture_id",
        "variant__product__picture__width",
        "variant__product__picture__height",
    )
    return [LineView(*row) for row in rows]
