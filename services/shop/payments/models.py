"""Money asked for, received and owed back. The gateway's word is checked with the gateway, never with a browser."""

from django.db import models
from django.db.models.functions import Now

from orders.models import Order


class Payment(models.Model):
    """One attempt to pay an order at a gateway."""

    class Status(models.TextChoices):
        INITIATED = "initiated"
        PAID = "paid"
        FAILED = "failed"
        REFUND_REQUESTED = "refund_requested"
        REFUNDED = "refunded"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=12)
    transaction_id = models.CharField(
        max_length=30, unique=True, help_text="tran_id: ours, told to the gateway"
    )
    amount_poisha = models.PositiveBigIntegerField()
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.INITIATED)
    session_key = models.CharField(max_length=80, blank=True)
    redirect_url = models.URLField(max_length=500, blank=True)
    validation_id = models.CharField(max_length=80, blank=True, help_text="val_id of the accepted validation")
    bank_transaction_id = models.CharField(max_length=80, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    risk_flagged = models.BooleanField(
        default=False, help_text="The gateway calls the payment risky: check the customer before shipping"
    )
    next_check_at = models.DateTimeField(
        null=True, blank=True, help_text="When to ask the gateway what became of it; empty: never again"
    )
    created_at = models.DateTimeField(db_default=Now())
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["validation_id"],
                condition=~models.Q(validation_id=""),
                name="payment_validation_used_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(next_check_at__isnull=False),
                name="payment_next_check",
            ),
        )

    def __str__(self) -> str:
        return self.transaction_id


class Refund(models.Model):
    """Money that is owed back: requested at once, performed through the outbox, seen by finance."""

    class Status(models.TextChoices):
        REQUESTED = "requested"
        ACCEPTED = "accepted"
        REFUNDED = "refunded"
        FAILED = "failed"

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="refund")
    amount_poisha = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    attempt = models.PositiveSmallIntegerField(
        default=1, help_text="Counts how often staff had it tried again"
    )
    failure = models.CharField(max_length=200, blank=True)
    gateway_reference = models.CharField(max_length=80, blank=True)
    next_check_at = models.DateTimeField(
        null=True, blank=True, help_text="When to ask the gateway whether the money is back"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        permissions = (("retry_refund", "Can have a failed refund asked for again"),)
        indexes = (
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(next_check_at__isnull=False),
                name="refund_next_check",
            ),
        )

    def __str__(self) -> str:
        return f"refund of {self.payment_id}"
