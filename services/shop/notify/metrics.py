"""The outbox's metrics: what was performed, and, asked of the database at each scrape, what still waits."""

import logging
from collections.abc import Iterable

from django.db import Error, connection, transaction
from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

log = logging.getLogger("shop.outbox")
SCRAPE_STATEMENT_TIMEOUT_MILLISECONDS = 1_000

effects = Counter(
    "outbox_effects", "Attempts to perform an effect, by what came of them", ["kind", "outcome"]
)


class QueueCollector(Collector):
    """What waits, by kind: for whatever reason (for alerts), and for nothing but a worker (for scaling).

    An effect that failed and waits for its next attempt is old, but more workers would not help it.
    """

    def collect(self) -> Iterable[Metric]:
        """No samples when the database does not answer: a scrape never fails, and never shows an old number."""
        from notify.outbox import handlers
        from notify.selectors import due, queue_depths

        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {SCRAPE_STATEMENT_TIMEOUT_MILLISECONDS}")
                found = {(depth.kind, depth.state): depth for depth in queue_depths()}
                ready = {one.kind: one for one in due(kinds=handlers())}
        except Error:
            log.warning("the outbox could not be measured", exc_info=True)
            return []
        depths = GaugeMetricFamily("outbox_depth", "Effects that have not happened", labels=["kind", "state"])
        ages = GaugeMetricFamily(
            "outbox_oldest_seconds", "Age of the oldest effect that is still to be performed", labels=["kind"]
        )
        for kind in sorted({*handlers(), *(kind for kind, _state in found)}):
            for state in ("pending", "dead"):
                waiting = found.get((kind, state))
                depths.add_metric([kind, state], waiting.count if waiting else 0)
            unsent = found.get((kind, "pending"))
            ages.add_metric([kind], unsent.oldest_seconds if unsent else 0.0)
        counts = GaugeMetricFamily("outbox_due", "Effects that a worker could perform now", labels=["kind"])
        lags = GaugeMetricFamily(
            "outbox_lag_seconds",
            "Time that a worker could have performed the first due effect",
            labels=["kind"],
        )
        for kind in sorted(handlers()):
            waiting_now = ready.get(kind)
            counts.add_metric([kind], waiting_now.count if waiting_now else 0)
            lags.add_metric([kind], waiting_now.lag_seconds if waiting_now else 0.0)
        return [depths, ages, counts, lags]
