#!/bin/sh
# cloudevents (Python SDK) 2.2.0: from_kafka() looks for headers that begin with ce_, and not at
# content-type. A structured message that has the attributes as headers too, as the Kafka Protocol
# Binding allows (3.3.3), is read as binary: the whole envelope becomes the event's data, and the
# media type of the envelope its datacontenttype. The binding (3) has content-type decide.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check cloudevents==2.2.0 python-dateutil==2.9.0.post0
"$folder/venv/bin/python" - <<'P'
from importlib.metadata import version

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

print("cloudevents", version("cloudevents"))
event = CloudEvent(
    {"id": "1", "source": "/here", "type": "visit.recorded", "specversion": "1.0"}, {"seen": True}
)
sent = to_structured(event, JSONFormat())
plain = from_kafka(sent, JSONFormat())
also = {"ce_id": b"1", "ce_source": b"/here", "ce_type": b"visit.recorded", "ce_specversion": b"1.0"}
both = from_kafka(KafkaMessage({**sent.headers, **also}, None, sent.value), JSONFormat())
print("structured:                  ", plain.get_data())
print("structured, with ce_ headers:", both.get_data(), both.get_datacontenttype())
assert plain.get_data() == {"seen": True}
assert both.get_data() != {"seen": True}, "it looks at content-type by now"
assert both.get_datacontenttype() == "application/cloudevents+json"
P
