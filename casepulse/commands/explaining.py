"""What Kafka's client says went wrong, as a line that says what to do."""

from kafka import errors

#: Kinds of errors, the first that fits, with what is to be looked at.
_KAFKA: tuple[tuple[tuple[type[errors.KafkaError], ...], str], ...] = (
    (
        (errors.SaslAuthenticationFailedError, errors.UnsupportedSaslMechanismError),
        "it does not take us for who we say we are; look at CASEPULSE_KAFKA_SECURITY, "
        "CASEPULSE_KAFKA_USER and its password",
    ),
    (
        (errors.AuthorizationError,),
        "it does not allow this to CASEPULSE_KAFKA_USER; look at its ACL",
    ),
    (
        (errors.UnsupportedCodecError, errors.UnsupportedCompressionTypeError),
        "messages are compressed in a way that can't be read here; is casepulse installed whole, "
        "from its requirements.txt?",
    ),
    (
        (errors.CorruptRecordError, errors.InvalidRecordError),
        "messages are damaged on the broker's disk or on the way; look at the broker's log",
    ),
    (
        (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError),
        "a message is larger than the topic takes; look at its max.message.bytes",
    ),
    (
        (errors.UnknownTopicOrPartitionError, errors.InvalidTopicError),
        "a topic is missing; look with: casepulse topics",
    ),
    (
        (errors.NotEnoughReplicasError, errors.NotEnoughReplicasAfterAppendError),
        "too few copies of a topic are in step (min.insync.replicas); are all brokers up?",
    ),
    (
        (errors.UnsupportedVersionError, errors.UnrecognizedBrokerVersion),
        "the broker is of a version that can't do this; is CASEPULSE_KAFKA_API_VERSION right?",
    ),
    (
        (
            errors.LeaderNotAvailableError,
            errors.NotLeaderForPartitionError,
            errors.KafkaStorageError,
        ),
        "a partition has no leader at the moment; are all brokers up?",
    ),
    (
        (
            errors.KafkaConnectionError,
            errors.KafkaTimeoutError,
            errors.NodeNotReadyError,
            errors.MetadataEmptyBrokerList,
            errors.BrokerNotAvailableError,
            errors.NetworkExceptionError,
            errors.RequestTimedOutError,
            errors.InvalidReceiveError,
        ),
        "it does not answer; is it at CASEPULSE_KAFKA, and is CASEPULSE_KAFKA_SECURITY right?",
    ),
)


def kafka_failed(error: errors.KafkaError) -> str:
    """One line: what is wrong, and where to look. The client's own words are part of it, for they
    name topics and sizes; they hold no message."""
    name = type(error).__name__
    said = " ".join(str(error).split())
    words = name if not said or said == name else f"{name} ({said.removeprefix(f'{name}: ')})"
    for kinds, what in _KAFKA:
        if isinstance(error, kinds):
            return f"Kafka: {what}. It says {words}"
    return f"Kafka: {words}"
