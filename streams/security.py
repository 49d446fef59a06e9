"""Who Kafka and Redis are, who we are to them, and that nobody reads along: TLS, SCRAM, ACL users.

There is no way to send a password in the clear: settings that would are refused
(`Settings.from_environment`). Faust, left without a TLS context, would do it without a word.
"""

import ssl
from pathlib import Path
from typing import Any

import faust

from casepulse.streams.settings import KafkaSecurity, Settings

#: How a user proves to Kafka to know the password, without sending it.
MECHANISM = "SCRAM-SHA-512"


def _trusting(authority: Path | None) -> ssl.SSLContext:
    """Whoever shows a certificate for its own name, signed by `authority` (else by one of the
    system's), and not expired."""
    return ssl.create_default_context(cafile=authority)


def faust_credentials(settings: Settings) -> Any:
    """Kafka's, for Faust and aiokafka; None where all is plaintext."""
    if settings.kafka_security is KafkaSecurity.PLAINTEXT:
        return None
    context = _trusting(settings.kafka_ca)
    if settings.kafka_security is KafkaSecurity.TLS:
        return faust.SSLCredentials(context)
    assert settings.kafka_user is not None
    assert settings.kafka_password is not None
    return faust.SASLCredentials(
        username=settings.kafka_user,
        password=settings.kafka_password.get_secret_value(),
        ssl_context=context,
        mechanism=MECHANISM,
    )


def kafka_python_options(settings: Settings) -> dict[str, Any]:
    """What each of kafka-python's clients is made with: where Kafka is, and all of the above."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka.split(","),
        "api_version": settings.kafka_version,
    }
    if settings.kafka_security is KafkaSecurity.PLAINTEXT:
        return options
    options |= {"security_protocol": "SSL", "ssl_context": _trusting(settings.kafka_ca)}
    if settings.kafka_security is KafkaSecurity.SASL_TLS:
        assert settings.kafka_password is not None
        options |= {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return options


#: Seconds that Redis may take for an answer. A master that is frozen says nothing: whoever writes
#: must turn to the next one before readers take the figures for old.
REDIS_ANSWERS_WITHIN = 2.0

#: Seconds that a sentinel may. They are asked one after another, in the way of a command.
SENTINEL_ANSWERS_WITHIN = 1.0


def redis_options(settings: Settings) -> dict[str, Any]:
    """What a client of Redis is made with, beside where it is."""
    address = settings.redis_address
    options = {**address.options, **_patient(REDIS_ANSWERS_WITHIN), **_redis_tls(settings)}
    if settings.redis_user is not None:
        options["username"] = settings.redis_user
    if settings.redis_password is not None:
        options["password"] = settings.redis_password.get_secret_value()
    return options


def sentinel_options(settings: Settings) -> dict[str, Any]:
    """What a client of a sentinel is made with, beside where it is."""
    options = {**_patient(SENTINEL_ANSWERS_WITHIN), **_redis_tls(settings)}
    if settings.redis_sentinel_user is not None:
        options["username"] = settings.redis_sentinel_user
    if settings.redis_sentinel_password is not None:
        options["password"] = settings.redis_sentinel_password.get_secret_value()
    return options


def _patient(seconds: float) -> dict[str, Any]:
    return {"socket_timeout": seconds, "socket_connect_timeout": seconds}


def _redis_tls(settings: Settings) -> dict[str, Any]:
    if not settings.redis_address.tls:
        return {}
    options: dict[str, Any] = {"ssl": True, "ssl_cert_reqs": "required", "ssl_check_hostname": True}
    if settings.redis_ca is not None:
        options["ssl_ca_certs"] = str(settings.redis_ca)
    return options
