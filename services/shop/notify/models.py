"""The transactional outbox: effects that must follow a commit, kept in the database until they have happened."""

import uuid

from django.db import models
from django.db.models.functions import Now


class Effect(models.Model):
    """One thing to do after commit (a mail, an SMS, a refund), once in effect."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, help_text="Name of the handler that performs it")
    key = models.CharField(
        max_length=120, unique=True, help_text="Same key, same effect; the receiver is told it too"
    )
    payload = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField(
        db_default=Now(), help_text="Not before this; moves on with each failure and lease"
    )
    lease = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Who may perform it until available_at"
    )
    last_error = models.TextField(blank=True)
    traceparent = models.CharField(
        max_length=55, blank=True, help_text="W3C trace of the request that asked for it"
    )
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = (("retry_effect", "Can have dead effects tried again"),)
        indexes = (
            models.Index(fields=["available_at"], condition=models.Q(state="pending"), name="effect_pending"),
            models.Index(fields=["created_at"], name="effect_created"),
            models.Index(fields=["done_at"], condition=models.Q(state="done"), name="effect_done"),
            models.Index(fields=["kind"], condition=models.Q(state="dead"), name="effect_dead"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"
