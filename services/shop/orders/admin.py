"""Orders for staff: to be read, and moved on through the services that know the legal ways."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.money import format_money
from ops.errors import ShopError
from orders import services
from orders.models import Order, OrderEvent, OrderLine


class OrderLineInline(admin.TabularInline[OrderLine, Order]):
    model = OrderLine
    fields = readonly_fields = ("variant", "name_en", "variant_name_en", "quantity", "unit_price_poisha")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("variant")


class OrderEventInline(admin.TabularInline[OrderEvent, Order]):
    model = OrderEvent
    fields = readonly_fields = ("status", "at", "note")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin[Order]):
    """Every field is read-only; the actions need the permission to change orders."""

    list_display = (
        "number",
        "status",
        "payment_method",
        "payment_status",
        "contact_name",
        "total",
        "created_at",
    )
    list_filter = ("status", "payment_method", "payment_status")
    search_fields = ("number", "contact_phone", "contact_name", "contact_email")
    date_hierarchy = "created_at"
    inlines = (OrderLineInline, OrderEventInline)
    actions = ("pack", "ship", "deliver", "cancel")
    exclude = ("token",)  # whoever has it may cancel the order
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Order | None = None) -> list[str]:
        return [field.name for field in Order._meta.fields if field.name not in {"id", "token"}]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not by token: a filter on its beginning would spell it out, a character at a time."""
        return not lookup.startswith("token") and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    @admin.display(description="Total", ordering="total_poisha")
    def total(self, order: Order) -> str:
        return format_money(order.total_poisha, language="en")

    @admin.action(description="Pack", permissions=["change"])
    def pack(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        self._advance(request, orders, to=Order.Status.PACKED)

    @admin.action(description="Ship", permissions=["change"])
    def ship(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        self._advance(request, orders, to=Order.Status.SHIPPED)

    @admin.action(description="Deliver (cash is in hand)", permissions=["change"])
    def deliver(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        self._advance(request, orders, to=Order.Status.DELIVERED)

    @admin.action(description="Cancel (paid orders are refunded)", permissions=["change"])
    def cancel(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        note = f"by {request.user}"
        self._each(request, orders, lambda order: services.cancel_by_staff(order_id=order.pk, note=note))

    def _advance(self, request: HttpRequest, orders: QuerySet[Order], *, to: Order.Status) -> None:
        note = f"by {request.user}"
        self._each(request, orders, lambda order: services.advance(order_id=order.pk, to=to, note=note))

    def _each(self, request: HttpRequest, orders: QuerySet[Order], act: Callable[[Order], object]) -> None:
        """Act on each order by itself, so that one that cannot be moved does not hold up the others."""
        moved = 0
        for order in orders.order_by("id"):
            try:
                act(order)
                moved += 1
            except ShopError as error:
                messages.warning(request, f"{order.number} ({order.get_status_display()}): {error.en}")
        if moved:
            messages.success(request, f"{moved} order(s) moved on.")
