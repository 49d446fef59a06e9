"""What Kafka's client says, as a line that says where to look."""

import inspect

import pytest
from kafka import errors

from casepulse.terminal.error_messages import kafka_failed

_ALL = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, errors.KafkaError)
]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (errors.UnsupportedCodecError("Libraries for zstd not found"), "requirements.txt"),
        (errors.TopicAuthorizationFailedError("casepulse.events"), "ACL"),
        (errors.SaslAuthenticationFailedError(), "CASEPULSE_KAFKA_USER"),
        (errors.MessageSizeTooLargeError("5000000 bytes"), "max.message.bytes"),
        (errors.UnknownTopicOrPartitionError(), "casepulse topics"),
        (errors.NotEnoughReplicasError(), "min.insync.replicas"),
        (errors.CorruptRecordError(), "broker's log"),
        (errors.KafkaConnectionError("refused"), "is it at CASEPULSE_KAFKA"),
        (errors.KafkaTimeoutError("60 s"), "is it at CASEPULSE_KAFKA"),
    ],
)
def test_an_error_says_what_to_look_at(error: errors.KafkaError, word: str) -> None:
    said = kafka_failed(error)
    assert word in said
    assert type(error).__name__ in said
    assert "\n" not in said


@pytest.mark.parametrize("kind", _ALL)
def test_kafkas_address_is_asked_after_only_where_nobody_answers(
    kind: type[errors.KafkaError],
) -> None:
    """A broker that has answered is where it should be."""
    error = kind.__new__(kind)
    Exception.__init__(error, "")
    if issubclass(kind, errors.BrokerResponseError) and kind not in (
        errors.BrokerNotAvailableError,
        errors.NetworkExceptionError,
        errors.RequestTimedOutError,
    ):
        assert "is it at CASEPULSE_KAFKA" not in kafka_failed(error)
