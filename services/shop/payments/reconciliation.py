"""Asking the gateway about attempts that nobody told us the end of, so that a lost notification loses no taka."""

import logging
import time
from typing import Final

from django.utils import timezone

from payments import services
from payments.errors import GatewayUnavailable
from payments.models import Payment

log = logging.getLogger(__name__)

BATCH: Final = 50
BUDGET_SECONDS: Final = 40.0  # one answer of a slow gateway more still ends before a task's time limit


def reconcile(*, limit: int = BATCH) -> int:
    """Check the attempts that are due; returns how many were asked about. Any number of these may run at once.

    An attempt is claimed by moving its next check on, in a statement of its own, before the gateway is asked. A
    gateway that does not answer ends the run: the others would only wait for it too.
    """
    now = timezone.now()
    due = Payment.objects.filter(next_check_at__lte=now, status__in=services.UNSETTLED)
    asked = 0
    ends = time.monotonic() + BUDGET_SECONDS
    for payment in due.order_by("next_check_at")[:limit]:
        if time.monotonic() > ends:
            break
        claimed = Payment.objects.filter(pk=payment.pk, next_check_at=payment.next_check_at)
        if not claimed.update(
            next_check_at=services.next_check(created_at=payment.created_at, now=timezone.now())
        ):
            continue
        asked += 1
        try:
            services.check(payment=payment)
        except GatewayUnavailable:
            break
        except Exception:
            log.exception("a payment could not be checked", extra={"transaction": payment.transaction_id})
    return asked
