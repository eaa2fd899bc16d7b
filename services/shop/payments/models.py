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

    def __str__(self) -> str:
        return self.transaction_id


class Refund(models.Model):
    """Money that is owed back: requested at once, performed through the outbox, seen by finance."""

    class Status(models.TextChoices):
        REQUESTED = "requested"
        ACCEPTED = "accepted"
        FAILED = "failed"

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="refund")
    amount_poisha = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    gateway_reference = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"refund of {self.payment_id}"
