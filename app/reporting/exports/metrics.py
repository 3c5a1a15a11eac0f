"""The state of the place as figures that a monitoring system reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


class Figure(NamedTuple):
    """A gauge: its meaning and its values, by the one label's value if it has a label."""

    meaning: str
    values: Mapping[str, float]
    label: str | None = None


class _Figures(Collector):
    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        for name, figure in self._figures.items():
            labels = [figure.label] if figure.label else []
            family = GaugeMetricFamily(f"waymark_{name}", figure.meaning, labels=labels)
            for value_of, value in figure.values.items():
                family.add_metric([value_of] if labels else [], value)
            yield family


def metrics_text(requests: CollectorRegistry, figures: Mapping[str, Figure]) -> bytes:
    """Counted requests and figures in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Figures(figures))
    return generate_latest(registry) + generate_latest(requests)
