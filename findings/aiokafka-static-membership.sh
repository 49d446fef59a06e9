#!/bin/sh
# aiokafka takes a group_instance_id (Kafka's static membership), and sends it when it joins only.
#
# A heartbeat and a commit don't carry it, so that Kafka can't say that another member has the name by
# now (error 82, FENCED_INSTANCE_ID): it says "unknown member". And error 82 itself, which comes in
# answer to a join, is not known: it becomes UnknownError. So two consumers of one name don't fence one
# another: each that is unknown joins as new, and throws the other out, for ever.
#
# No broker is needed: what is sent, and how an answer is read, is seen in the library.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiokafka==0.14.0
"$folder/venv/bin/python" - <<'END'
from importlib.metadata import version
from inspect import signature

from aiokafka.errors import for_code
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

print("aiokafka", version("aiokafka"))
carries = {
    request.__name__: "group_instance_id" in signature(request.__init__).parameters
    for request in (JoinGroupRequest, SyncGroupRequest, HeartbeatRequest, OffsetCommitRequest)
}
for name, named in carries.items():
    print(f"{name}: {'carries' if named else 'does not carry'} the name")
print("error 82, FENCED_INSTANCE_ID, is read as", for_code(82).__name__)
assert carries == {
    "JoinGroupRequest": True,
    "SyncGroupRequest": True,
    "HeartbeatRequest": False,
    "OffsetCommitRequest": False,
}
assert for_code(82).__name__ == "UnknownError"
END
