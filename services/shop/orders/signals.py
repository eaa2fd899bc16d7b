"""What orders tell the apps above them, which they do not know. Sent inside the transaction; an exception undoes it."""

from django.dispatch import Signal

# A paid order was cancelled. Arguments: ``order``, its locked row, and ``reason``.
paid_order_cancelled = Signal()
