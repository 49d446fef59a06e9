"""How much one scrape of a whole county is, and that Prometheus takes all of it."""

import sys
from collections import Counter
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.january.county import County
from tests.prometheus import DEPLOYED

pytestmark = pytest.mark.broker

#: Series that one installation may make.
BUDGET = 10_000

#: What Prometheus adds to each sample, as long as they get.
_ADDED = {"__name__": "", "job": "casepulse", "instance": "worker.casepulse.internal:9108"}


def test_a_county_keeps_within_its_budget_and_the_limits_of_a_scrape(
    january: County, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = yaml.safe_load((DEPLOYED / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    scrape = jobs[0]
    settings = january.settings
    with urlopen(f"http://{settings.metrics_host}:{settings.metrics_port}/metrics") as answer:
        body = answer.read().decode()
    samples = [
        (sample.name, {**_ADDED, "__name__": sample.name, **sample.labels})
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    ]
    most = Counter(name for name, _ in samples).most_common(6)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(samples)} series in a scrape of {len(body.encode()):,} bytes, most of them: "
            + ", ".join(f"{name} {count}" for name, count in most)
            + "\n"
        )

    measures = {
        labels["measure"]
        for name, labels in samples
        if name.endswith("_info") and "measure" in labels
    }
    assert measures == set(january.view.measures)
    assert any(name == "casepulse_measure_overdue" for name, _ in samples)
    assert 5000 < len(samples) < BUDGET
    assert len(samples) < 0.9 * scrape["sample_limit"]
    assert len(body.encode()) < 0.9 * int(scrape["body_size_limit"].removesuffix("MB")) * 1e6
    every = [labels for _, labels in samples]
    assert max(map(len, every)) < scrape["label_limit"]
    names = {name for labels in every for name in labels}
    values = {value for labels in every for value in labels.values()}
    assert max(map(len, names)) < scrape["label_name_length_limit"]
    assert max(map(len, values)) < scrape["label_value_length_limit"]
