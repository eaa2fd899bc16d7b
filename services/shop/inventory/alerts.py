"""Telling operations that a variant is nearly sold out."""

import logging
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction

from catalog.models import Variant
from inventory.consequences import ALERT_KIND
from notify import outbox

log = logging.getLogger(__name__)

OPERATIONS_GROUP: Final = "operations"


@outbox.handler(ALERT_KIND)
def tell_operations(*, key: str, payload: dict[str, Any]) -> None:
    """Mail everyone in the group; each person's mail is an effect of its own, so that none is sent twice."""
    variant = Variant.objects.select_related("product").filter(id=payload["variant_id"]).first()
    if variant is None:
        return
    available = payload["available"]
    left = "sold out" if available <= 0 else f"{available} left"
    recipients = list(
        get_user_model()
        .objects.filter(groups__name=OPERATIONS_GROUP, is_staff=True, is_active=True, email__isnull=False)
        .values_list("id", "email")
    )
    log.warning(
        "stock is low", extra={"sku": variant.sku, "available": available, "recipients": len(recipients)}
    )
    with transaction.atomic():
        for person, email in recipients:
            outbox.enqueue(
                kind="mail",
                key=f"{key}:{person}",
                payload={
                    "to": email,
                    "subject": f"{variant.sku}: {left}",
                    "text": f"{variant.product.name_en}, {variant.name_en} ({variant.sku}): {left}.\n"
                    "Order more, or take it out of the sale.\n",
                },
            )
