"""Payments and refunds for finance: to be read; a refused refund can be asked for again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.money import format_money
from ops.admin import ReadOnly
from payments import refunds
from payments.models import Payment, Refund


@admin.register(Payment)
class PaymentAdmin(ReadOnly, admin.ModelAdmin[Payment]):
    list_display = ("transaction_id", "order", "amount", "status", "risk_flagged", "created_at", "paid_at")
    list_select_related = ("order",)
    list_filter = ("status", "provider", "risk_flagged")
    search_fields = ("transaction_id", "order__number", "bank_transaction_id")
    show_full_result_count = False

    @admin.display(description="Amount", ordering="amount_poisha")
    def amount(self, payment: Payment) -> str:
        return format_money(payment.amount_poisha, language="en")


@admin.register(Refund)
class RefundAdmin(ReadOnly, admin.ModelAdmin[Refund]):
    list_display = ("payment", "amount", "status", "reason", "failure", "gateway_reference", "created_at")
    list_select_related = ("payment",)
    list_filter = ("status",)
    search_fields = ("payment__transaction_id", "payment__order__number", "gateway_reference")
    ordering = ("-created_at", "-id")
    actions = ("ask_again",)
    show_full_result_count = False

    @admin.display(description="Amount", ordering="amount_poisha")
    def amount(self, refund: Refund) -> str:
        return format_money(refund.amount_poisha, language="en")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.retry_refund")

    @admin.action(description="Ask the gateway again (failed refunds)", permissions=["retry"])
    def ask_again(self, request: HttpRequest, refunded: QuerySet[Refund]) -> None:
        asked = sum(refunds.ask_again(refund_id=refund.pk) for refund in refunded)
        messages.success(request, f"{asked} refund(s) asked for again.")
