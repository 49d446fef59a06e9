"""What Kafka's client, Redis' or the system says went wrong, as a line that says what to do."""

import errno

from kafka import errors

from casepulse.streams.redis_trouble import REDIS_ERRORS, why

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


def explained(error: BaseException) -> str | None:
    """What went wrong, where it is a thing of Kafka's, of Redis' or of the system's; else None."""
    if isinstance(error, OSError) and not isinstance(error, errors.KafkaError):
        return file_failed(error)
    if isinstance(error, errors.KafkaError):
        return kafka_failed(error)
    return redis_failed(error) if isinstance(error, REDIS_ERRORS) else None


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


#: What the system says of a file, in our words, with what is to be done.
_FILES = {
    errno.ENOENT: "there is no such file or folder; is the name right?",
    errno.ENOTDIR: "a part of it is a file, and no folder; is the name right?",
    errno.EISDIR: "it is a folder; name a file",
    errno.EACCES: "this user may not do that there; look at its mode and its owner",
    errno.EPERM: "this user may not do that there; look at its mode and its owner",
    errno.EROFS: "nothing can be written there: it is mounted for reading alone",
    errno.ENOSPC: "the disk is full; make room, and run it again",
    errno.EDQUOT: "this user's share of the disk is full; make room, and run it again",
    errno.EFBIG: "it may not grow any larger (ulimit -f)",
    errno.EMFILE: "too many files are open (ulimit -n)",
    errno.ENAMETOOLONG: "the name is too long",
}

#: Where there is no file to name: what is written then is what the command prints.
_OUTPUT = "standard output, or a temporary file (TMPDIR)"


def file_failed(error: OSError) -> str:
    """One line: which file, what is wrong with it, and what to do."""
    if error.errno is None:
        return str(error)
    what = _FILES.get(error.errno, error.strerror or type(error).__name__)
    if error.filename is None and error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return str(error)  # none is about a file: a port that is taken, say
    return f"{_OUTPUT if error.filename is None else _name(error.filename)}: {what}"


def redis_failed(error: BaseException) -> str:
    """One line: what is wrong, where Redis was looked for, and which setting says so."""
    places = getattr(error, "__notes__", [])
    where = f" at {places[0]}" if places else ""
    return f"Redis{where}: {why(error)}. Is it there? CASEPULSE_REDIS says where it is looked for"


def _name(filename: object) -> str:
    return filename.decode(errors="replace") if isinstance(filename, bytes) else str(filename)
