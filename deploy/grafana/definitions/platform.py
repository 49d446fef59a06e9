"""The platform: whether the figures come, come in time, and are whole."""

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models.units import CountsPerSecond, Seconds

from .frame import PLATFORM, add, chosen, framed
from .looks import COUNT, DURATION, GREEN, RED, TEXT, UP, said, steps
from .panels import HALF, SIXTH, THIRD, WIDE, Line, Panel, buckets, chart, number
from .promql import INSTANCE, or_nought, series, told
from .state_of_view import age, as_at, whole
from .tables import Column, Shown, table

#: sample_limit of deploy/prometheus/prometheus.yml: beyond it a scrape fails as a whole.
SAMPLE_LIMIT = 10_000
#: The limit of CasepulseLagHigh, in events.
LAG_LIMIT = 1000

_SOME = steps((1, RED), below=GREEN)
_LATENCY = "casepulse_event_end_to_end_latency_seconds"
_DELAY = "casepulse_event_recording_delay_seconds"


def platform() -> build.Dashboard:
    """The dashboard."""
    dashboard = framed(
        PLATFORM,
        "casepulse: the platform",
        "Whether figures come, come in time and are whole: workers, lag, latency, dead letters, "
        "Redis, Kafka, and the alerts that fire.",
        web_page="/",
        variables=[
            chosen(
                "instance",
                "Instance",
                'label_values(casepulse_build_info{job=~"$job"}, instance)',
                description="A worker",
                several=True,
            )
        ],
        since="now-6h",
    )
    return add(
        dashboard,
        [
            ("The view", _view()),
            ("Alerts", _alerts()),
            ("Events", _events()),
            ("How long it takes", _latency()),
            ("What failed", _failed()),
            ("Workers and their scrapes", _workers()),
        ],
    )


def _view() -> list[Panel]:
    held = f"sum by (job) ({_of('casepulse_partitions_held')})"
    untold = told("casepulse_view_partitions_untold", "", INSTANCE)
    # One that lost the board says for good how its last write went.
    published = _of("casepulse_view_published_timestamp_seconds")
    written = f"{_of('casepulse_redis_up')} and on (job, instance) {published}"
    return [
        age(),
        as_at(),
        whole(),
        number("Partitions held", "Partitions that the workers hold and tell of, together. It is "
               "to be the number that there are.", held, COUNT).span(SIXTH),
        number("Partitions nobody tells of", "Their worker is away, or is taken for an old one: "
               "what happens in them is not in the figures.", untold, COUNT,
               thresholds=_SOME).span(SIXTH),
        number("Redis", "Whether the last write of the view went well, of the worker that "
               "publishes it. Down: web reporting shows old figures, and says so.",
               f"max by (job) ({written})", "none",
               thresholds=steps((1, GREEN), below=RED), mappings=said(UP)[:1]).span(SIXTH),
        chart("Age of the view", "Seconds since the newest view was made, and the limit of "
              "CasepulseViewStale.",
              [Line(f"time() - {told('casepulse_view_published_timestamp_seconds', '', INSTANCE)}",
                    "Age")],
              Seconds, thresholds=steps((300, RED), below=GREEN)),
        chart("Partitions", "How many there are, are counted in the view, and are held by "
              "workers. Fewer counted than there are: figures are too low.",
              [Line(told("casepulse_view_partitions", "", INSTANCE), "There are", dashed=True),
               Line(told("casepulse_view_partitions_counted", "", INSTANCE), "Counted"),
               Line(held, "Held")],
              COUNT),
    ]  # fmt: skip


def _alerts() -> list[Panel]:
    firing = series("ALERTS", 'alertstate="firing"')
    return [
        number("Alerts that fire", "Of the service and of the platform. The runbook says what to "
               "look at and do for each.", or_nought(f"count({firing})"), COUNT,
               thresholds=_SOME).span(SIXTH),
        table("Which fire", "Empty if none does.",
              [Shown("alertname", "Alert"), Shown("measure", "Measure"),
               Shown("instance", "Instance")],
              [Column("Severity",
                      f"max by (job, alertname, severity, measure, instance) ({firing})",
                      TEXT, "severity")]).height(4).span(WIDE - SIXTH),
    ]  # fmt: skip


def _events() -> list[Panel]:
    lag = told("casepulse_consumer_lag_events", "topic, partition", INSTANCE)
    heard = told("casepulse_heartbeat_event_timestamp_seconds", "partition", INSTANCE)
    return [
        chart("Events read", "Facts read by all workers, and how many of them were known already: "
              "a replay, or a source that sends twice.",
              [Line(_rate("casepulse_events_processed_total"), "Read"),
               Line(_rate("casepulse_events_repeated_total"), "Known already")],
              CountsPerSecond),
        chart("Events not read yet", "The lag of each topic, and the limit of CasepulseLagHigh. "
              "In a backfill it is high; else add workers, up to the number of partitions.",
              [Line(f"sum by (job, topic) ({lag})", "{{topic}}")],
              COUNT, thresholds=steps((LAG_LIMIT, RED), below=GREEN)),
        chart("Events not read yet, by partition", "One partition that is far behind the others: "
              "its worker is slow, or away.",
              [Line(lag, "{{topic}} {{partition}}")], COUNT),
        chart("Since the last heartbeat event", "Seconds since each partition's last heartbeat "
              "event was read. Sources send them so that silence can be told from a quiet day.",
              [Line(f"time() - {heard}", "Partition {{partition}}")], Seconds),
    ]  # fmt: skip


def _latency() -> list[Panel]:
    return [
        buckets("End-to-end latency", "From an event's recorded time to its fact being counted; "
                "how many in each span. In a replay nothing is followed live, and all are 0.",
                f"sum by (le) (increase({_of(f'{_LATENCY}_bucket')}[$__rate_interval]))", Seconds),
        chart("End-to-end latency, quantiles", "Half of the events are counted within the first, "
              "95 of 100 and 99 of 100 within the others. Nothing is shown while none come.",
              _quantiles(_LATENCY), Seconds),
        chart("Recording delay, quantiles", "From what happened to its being recorded: how people "
              "work, not how the platform does. Of the hour before.",
              _quantiles(_DELAY), DURATION),
    ]  # fmt: skip


def _failed() -> list[Panel]:
    letters = _of("casepulse_events_dead_lettered_total")
    return [
        chart("Dead letters by reason", "Messages set aside in the span before: they are in no "
              "figure until they are mended and replayed.",
              [Line(f"sum by (job, reason) (increase({letters}[$__rate_interval]))",
                    "{{reason}}")],
              COUNT, stacked=True),
        number("Dead letters in the time shown", "How many messages were set aside, by reason.",
               f"sum by (job, reason) (increase({letters}[$__range]))", COUNT,
               thresholds=_SOME, legend="{{reason}}").height(8).span(HALF),
        *(
            chart(title, description,
                  [Line(f"sum by (job) (increase({_of(metric)}[$__rate_interval]))", title)],
                  COUNT).span(THIRD)
            for title, description, metric in _FAILURES
        ),
    ]  # fmt: skip


_FAILURES = (
    ("Messages that Kafka did not take", "Is a broker full or away, or a message too large? The "
     "worker's log has the error.", "casepulse_kafka_send_failures_total"),
    ("Views that Redis refused", "A newer one stood there: another worker has the board. A few "
     "when it moves are right.", "casepulse_views_refused_total"),
    ("Releases that failed", "Tries to make a month's flash release. It is tried again each "
     "minute.", "casepulse_release_failures_total"),
)  # fmt: skip


def _workers() -> list[Panel]:
    samples = _of("scrape_samples_scraped")
    return [
        table("Workers", "Each worker, whether it can be scraped, what version it runs and of "
              "what definitions. Definitions that differ: the board leaves the others' out.",
              [Shown("instance", "Instance")],
              [Column("Up", f"max by (job, instance) ({_of('up')})", "none", mappings=said(UP),
                      coloured=True),
               Column("Definitions",
                      f"max by (job, instance, version, definitions) "
                      f"({_of('casepulse_build_info')})",
                      TEXT, "definitions"),
               Column("Samples", f"max by (job, instance) ({samples})", COUNT),
               Column("Partitions held",
                      f"max by (job, instance) ({_of('casepulse_partitions_held')})", COUNT)]),
        chart("Samples of a scrape", "Beyond the limit the scrape fails as a whole: better no "
              "figure than a label that nobody meant.",
              [Line(f"max by (job, instance) ({samples})", "{{instance}}")],
              COUNT, thresholds=steps((SAMPLE_LIMIT, RED), below=GREEN)),
        chart("How long a scrape takes", "Beyond ten seconds it fails.",
              [Line(f"max by (job, instance) ({_of('scrape_duration_seconds')})",
                    "{{instance}}")],
              Seconds, thresholds=steps((10, RED), below=GREEN)),
    ]  # fmt: skip


def _of(metric: str) -> str:
    """A metric of the workers that were chosen."""
    return series(metric, INSTANCE)


def _rate(metric: str) -> str:
    return f"sum by (job) (rate({_of(metric)}[$__rate_interval]))"


def _quantiles(metric: str) -> list[Line]:
    # `>= 0` leaves out NaN, which is what a quantile of nothing is.
    rate = f"sum by (job, le) (rate({_of(f'{metric}_bucket')}[$__rate_interval]))"
    return [
        Line(f"histogram_quantile({quantile}, {rate}) >= 0", name)
        for quantile, name in ((0.5, "50 of 100"), (0.95, "95 of 100"), (0.99, "99 of 100"))
    ]
