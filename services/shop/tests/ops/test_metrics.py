"""Metrics: bounded labels, collectors asked at the scrape, one that fails costs only itself."""

from collections.abc import Iterator

import pytest
from prometheus_client import Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ops import exposition, metrics


class Depth(Collector):
    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("probe_depth", "A queue's depth", value=7)


class Broken(Collector):
    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("probe_half", "Never seen", value=1)
        raise RuntimeError("database gone")


@pytest.fixture
def collectors(monkeypatch: pytest.MonkeyPatch) -> list[Collector]:
    found: list[Collector] = []
    monkeypatch.setattr(metrics, "collectors", found)
    return found


def scrape() -> str:
    return generate_latest(exposition.registry()).decode()


def test_a_collector_is_asked_at_the_scrape(collectors: list[Collector]) -> None:
    """What is registered appears, also when it is registered after the port was opened."""
    registry = exposition.registry()
    metrics.register_collector(Depth())

    assert "probe_depth 7.0" in generate_latest(registry).decode()


def test_a_collector_that_fails_costs_only_its_own_metrics(collectors: list[Collector]) -> None:
    """The scrape goes on without it, and shows nothing half."""
    metrics.register_collector(Broken())
    metrics.register_collector(Depth())

    text = scrape()

    assert "probe_half" not in text
    assert "probe_depth 7.0" in text


@pytest.mark.parametrize(
    ("method", "route", "labels"),
    [
        ("GET", "api/v1/x/<slug>", 'method="GET",route="api/v1/x/<slug>",status_class="4xx"'),
        ("BREW-" * 50, "", 'method="_OTHER",route="unmatched",status_class="4xx"'),
        (None, None, 'method="_OTHER",route="unmatched",status_class="4xx"'),
    ],
)
def test_labels_are_bounded(method: str | None, route: str | None, labels: str) -> None:
    """Whatever a client sends, it makes no new time series: odd methods and unknown paths share one."""
    before = scrape()
    metrics.observe_request(method=method, route=route, status=418, seconds=0.01)

    assert f"http_server_request_duration_seconds_count{{{labels}}}" in scrape()
    assert "BREW" not in before + scrape()
