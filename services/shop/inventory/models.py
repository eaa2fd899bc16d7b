"""How much there is: stock per variant, reservations that expire, and a ledger that explains every change."""

from django.db import models
from django.db.models.functions import Now

from catalog.models import Variant


class Stock(models.Model):
    """Units of one variant. ``on_hand`` are in the store, ``reserved`` of them are promised to unpaid orders."""

    variant = models.OneToOneField(Variant, on_delete=models.PROTECT, primary_key=True, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    low_threshold = models.PositiveIntegerField(
        default=5, help_text="At or below this many available, operations is told"
    )

    class Meta:
        verbose_name_plural = "stock"
        constraints = (
            models.CheckConstraint(condition=models.Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(
                condition=models.Q(on_hand__gte=models.F("reserved")), name="stock_never_oversold"
            ),
        )

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.on_hand - self.reserved} available"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Reservation(models.Model):
    """Units held for one order until it is paid (committed), given up or expired (released)."""

    class State(models.TextChoices):
        HELD = "held"
        COMMITTED = "committed"
        RELEASED = "released"

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="reservations")
    reference = models.CharField(max_length=40, help_text="Number of the order that holds it")
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: held until told otherwise")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reference", "stock"], name="reservation_once_per_order"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="reservation_quantity_positive"),
        )
        indexes = (
            models.Index(
                fields=["expires_at"], condition=models.Q(state="held"), name="reservation_held_expiry"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference}: {self.quantity} {self.state}"


class StockMovement(models.Model):
    """One line of the ledger: the movements of a variant sum to its ``on_hand``. Never changed, never deleted."""

    class Reason(models.TextChoices):
        OPENING = "opening"
        DELIVERY = "delivery"
        SALE = "sale"
        CANCELLATION = "cancellation"
        CORRECTION = "correction"

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    delta = models.IntegerField()
    reason = models.CharField(max_length=12, choices=Reason.choices)
    reference = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.CheckConstraint(condition=~models.Q(delta=0), name="movement_not_zero"),)
        indexes = (models.Index(fields=["stock", "at"], name="movement_stock_at"),)

    def __str__(self) -> str:
        return f"{self.stock_id} {self.delta:+d} {self.reason}"
