"""Orders and what was true when they were placed; checkout's idempotency keys."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.models import Variant


class Order(models.Model):
    class Status(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", "Awaiting payment"
        CONFIRMED = "confirmed", "Confirmed"
        PACKED = "packed", "Packed"
        SHIPPED = "shipped", "Shipped"
        DELIVERED = "delivered", "Delivered"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    class PaymentMethod(models.TextChoices):
        CASH_ON_DELIVERY = "cod", "Cash on delivery"
        SSLCOMMERZ = "sslcommerz", "SSLCommerz"

    class PaymentStatus(models.TextChoices):
        DUE_ON_DELIVERY = "due_on_delivery", "Due on delivery"
        UNPAID = "unpaid", "Unpaid"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        REFUND_REQUESTED = "refund_requested", "Refund requested"
        REFUNDED = "refunded", "Refunded"

    token = models.CharField(
        max_length=43, unique=True, editable=False, help_text="Unguessable; the tracking link"
    )
    number = models.CharField(max_length=20, unique=True, editable=False)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )
    status = models.CharField(max_length=16, choices=Status.choices)
    payment_method = models.CharField(max_length=12, choices=PaymentMethod.choices)
    payment_status = models.CharField(max_length=16, choices=PaymentStatus.choices)
    language = models.CharField(max_length=2, default="bn")
    contact_name = models.CharField(max_length=120)
    contact_phone = models.CharField(max_length=14)
    contact_email = models.EmailField(blank=True)
    address_line1 = models.CharField(max_length=200)
    address_area = models.CharField(max_length=120)
    address_district = models.CharField(max_length=40)
    address_postcode = models.CharField(max_length=4, blank=True)
    subtotal_poisha = models.PositiveBigIntegerField()
    delivery_poisha = models.PositiveBigIntegerField()
    total_poisha = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When an unpaid order gives its stock back"
    )

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(total_poisha=models.F("subtotal_poisha") + models.F("delivery_poisha")),
                name="order_total_adds_up",
            ),
        )
        indexes = (
            models.Index(fields=["customer", "-created_at", "-id"], name="order_customer_newest"),
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status="awaiting_payment"),
                name="order_unpaid_expiry",
            ),
        )

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """What was bought, at the names and the price of that moment."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    product_slug = models.SlugField(max_length=120)
    name_en = models.CharField(max_length=160)
    name_bn = models.CharField(max_length=160)
    variant_name_en = models.CharField(max_length=80)
    variant_name_bn = models.CharField(max_length=80)
    unit_price_poisha = models.PositiveBigIntegerField()
    quantity = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["order", "variant"], name="order_line_once_per_variant"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_line_quantity_positive"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name_en}"

    @property
    def line_total_poisha(self) -> int:
        return self.unit_price_poisha * self.quantity


class OrderEvent(models.Model):
    """When an order reached a status."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="history")
    status = models.CharField(max_length=16, choices=Order.Status.choices)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.order_id} {self.status}"


class IdempotencyKey(models.Model):
    """A checkout that was asked for: the same key gives the same order, another body is refused."""

    key = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(
        max_length=64, help_text="SHA-256 of the request's canonical body and customer"
    )
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE, related_name="+")
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["created_at"], name="idempotency_key_created"),)

    def __str__(self) -> str:
        return self.key
