"""Prometheus' exposition on a port of its own, from a role's parent process, for all of its processes."""

import logging
import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ops import metrics

log = logging.getLogger(__name__)


class _AskedAtScrape(Collector):
    """The registered collectors, each alone: one that fails costs its own metrics, not the scrape."""

    def collect(self) -> Iterator[Metric]:
        for collector in metrics.collectors:
            yield from _collect(collector)


def _collect(collector: Collector) -> Iterable[Metric]:
    try:
        return list(collector.collect())
    except Exception:
        log.warning("a metrics collector failed", exc_info=True)
        return []
    finally:
        _close_database_connections()


def _close_database_connections() -> None:
    """Each scrape has a thread of its own, whose connection nobody else would close."""
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()


def registry() -> CollectorRegistry:
    """What a scrape is answered from: the files of all processes, and the registered collectors."""
    result = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(result)  # type: ignore[no-untyped-call]
    result.register(_AskedAtScrape())
    return result


def serve_metrics(*, host: str, port: int) -> None:
    """Answer ``GET /metrics`` in a daemon thread until the process ends.

    Raises:
        OSError: the port is taken.
    """
    start_http_server(port, addr=host, registry=registry())
