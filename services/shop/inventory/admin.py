"""Stock for staff: what there is, why, and the booking of deliveries and counts. Numbers change only through services."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect

from inventory import services
from inventory.errors import InsufficientStock
from inventory.models import Reservation, Stock, StockMovement
from ops.admin import ReadOnly

LARGEST_BOOKING = 100_000


class BookingForm(forms.ModelForm[Stock]):
    """The threshold, and optionally one booking."""

    delta = forms.IntegerField(
        required=False,
        min_value=-LARGEST_BOOKING,
        max_value=LARGEST_BOOKING,
        label="Units to add",
        help_text="Negative only for a correction",
    )
    reason = forms.ChoiceField(
        choices=[
            (reason.value, reason.label)
            for reason in (StockMovement.Reason.DELIVERY, StockMovement.Reason.CORRECTION)
        ]
    )
    reference = forms.CharField(required=False, max_length=40, help_text="Delivery note or count sheet")

    class Meta:
        model = Stock
        fields = ("variant", "low_threshold")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("delta") or 0) < 0 and cleaned.get("reason") == StockMovement.Reason.DELIVERY:
            self.add_error("delta", "A delivery adds units; choose correction to take some away.")
        return cleaned


@admin.register(Stock)
class StockAdmin(admin.ModelAdmin[Stock]):
    form = BookingForm
    list_display = ("variant", "on_hand", "reserved", "available", "low_threshold")
    list_select_related = ("variant",)
    search_fields = ("variant__sku", "variant__product__name_en", "variant__product__name_bn")
    raw_id_fields = ("variant",)
    ordering = ("variant",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Stock | None = None) -> tuple[str, ...]:
        return ("variant", "on_hand", "reserved") if obj else ("on_hand", "reserved")

    def has_delete_permission(self, request: HttpRequest, obj: Stock | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Stock, form: Any, change: bool) -> None:
        # Not the whole row: its numbers may have moved since the form was opened.
        obj.save(update_fields=["low_threshold"] if change else None)
        if not form.cleaned_data["delta"]:
            return
        try:
            services.restock(
                variant_id=obj.pk,
                delta=form.cleaned_data["delta"],
                reason=StockMovement.Reason(form.cleaned_data["reason"]),
                reference=form.cleaned_data["reference"],
            )
        except InsufficientStock:
            messages.error(request, "Not booked: that many units are promised to orders.")

    def response_change(self, request: HttpRequest, obj: Stock) -> Any:
        # Back to the same form: it shows the new numbers, and empty fields for the next booking.
        response = super().response_change(request, obj)
        return HttpResponseRedirect(request.path) if "_save" in request.POST else response


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnly, admin.ModelAdmin[StockMovement]):
    list_display = ("at", "stock", "delta", "reason", "reference")
    list_select_related = ("stock",)
    list_filter = ("reason",)
    search_fields = ("stock__variant__sku", "reference")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Reservation)
class ReservationAdmin(ReadOnly, admin.ModelAdmin[Reservation]):
    list_display = ("reference", "stock", "quantity", "state", "expires_at")
    list_select_related = ("stock",)
    list_filter = ("state",)
    search_fields = ("reference", "stock__variant__sku")
    ordering = ("-id",)
    show_full_result_count = False
