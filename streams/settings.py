"""Settings from the environment (twelve-factor), validated before anything starts.

Every variable is named `CASEPULSE_…`; `casepulse worker --help` lists them.
A secret may also stand in a file that `CASEPULSE_…_FILE` names.
"""

import os
import ssl
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from pydantic import (
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings, SettingsConfigDict

from casepulse.schemas.errors import WrongError
from casepulse.streams.redis_address import RedisAddress, Topology

PREFIX = "CASEPULSE_"


class SettingsError(WrongError):
    """Settings that cannot be used; the message names each variable and what is allowed."""


class ClockKind(StrEnum):
    """What moves the clock: the wall; in a replay, the events' own recorded times and ticks; or
    ticks alone, so that what was recorded later is known, too, as at the last tick."""

    WALL = "wall"
    EVENTS = "events"
    TICKS = "ticks"


class Role(StrEnum):
    """What a worker does: read events, publish the view, or both."""

    ALL = "all"
    CASES = "cases"
    BOARD = "board"


class KafkaSecurity(StrEnum):
    """How Kafka is spoken to: in the clear; over TLS; or over TLS, as a user with a password."""

    PLAINTEXT = "plaintext"
    TLS = "tls"
    SASL_TLS = "sasl-tls"


class FromEnvironment(BaseSettings):
    """Settings that are read from the environment, and say what is wrong with them."""

    @classmethod
    def secrets(cls) -> list[str]:
        """The settings that may stand in a file of their own."""
        return [
            name
            for name, field in cls.model_fields.items()
            if SecretStr in _types(field.annotation)
        ]

    @classmethod
    def from_environment(cls, **given: object) -> Self:
        """Read the environment; `given` wins over it.

        Raises:
            SettingsError: a variable has a value that is not allowed, or a secret's file
                can't be read. No value is repeated: it might be a secret.
        """
        prefix = cls.model_config["env_prefix"]
        for name in cls.secrets():
            variable = f"{prefix}{name.upper()}_FILE"
            if path := os.environ.get(variable):
                try:
                    given.setdefault(name, Path(path).read_text(encoding="utf-8-sig").strip())
                except OSError as error:
                    raise SettingsError(f"{variable}: {error.strerror}: {path}") from None
        try:
            return cls(**given)  # type: ignore[arg-type]
        except ValidationError as error:
            raise SettingsError(
                "\n".join(
                    "".join(f"{prefix}{str(name).upper()}: " for name in problem["loc"][:1])
                    + problem["msg"].removeprefix("Value error, ")
                    for problem in error.errors(include_input=False)
                )
            ) from None

    def environment(self) -> dict[str, str]:
        """The environment of a process that is to have these settings: that of this one, with these
        instead of any others of ours. A secret stands in it as it is."""
        prefix = self.model_config["env_prefix"]
        others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        ours = {f"{prefix}{name.upper()}": value for name, value in self if value is not None}
        return others | {name: _written(value) for name, value in ours.items()}


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(getattr(value, "value", value))


def _types(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *get_args(annotation))


class Settings(FromEnvironment):
    """Everything a worker needs to know about where it runs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    kafka: Annotated[
        str, Field(description="Kafka's addresses, host:port, separated by commas")
    ] = "127.0.0.1:9092"
    kafka_api_version: Annotated[
        str | None,
        Field(description="for kafka-python, where a broker can't negotiate: as 2.3"),
    ] = None
    kafka_security: Annotated[
        KafkaSecurity, Field(description="plaintext, tls, or sasl-tls (SCRAM-SHA-512 over TLS)")
    ] = KafkaSecurity.PLAINTEXT
    kafka_ca: Annotated[
        Path | None,
        Field(description="certificates (PEM) of who may sign Kafka's; else the system's"),
    ] = None
    kafka_user: Annotated[str | None, Field(description="who we are to Kafka, with sasl-tls")] = (
        None
    )
    kafka_password: Annotated[
        SecretStr | None,
        Field(description="Kafka's password; or CASEPULSE_KAFKA_PASSWORD_FILE names its file"),
    ] = None
    redis: Annotated[
        str,
        Field(
            description="Redis' URL: redis://host:6379/0, redis+sentinel://host:26379,…/NAME or "
            "redis+cluster://host:6379,…; rediss for redis is over TLS"
        ),
    ] = "redis://127.0.0.1:6379/0"
    redis_ca: Annotated[
        Path | None,
        Field(description="certificates (PEM) of who may sign Redis'; else the system's"),
    ] = None
    redis_user: Annotated[str | None, Field(description="who we are to Redis (ACL user)")] = None
    redis_password: Annotated[
        SecretStr | None,
        Field(description="Redis' password; or CASEPULSE_REDIS_PASSWORD_FILE names its file"),
    ] = None
    redis_sentinel_user: Annotated[
        str | None, Field(description="who we are to the sentinels, where they ask")
    ] = None
    redis_sentinel_password: Annotated[
        SecretStr | None, Field(description="our password there; or …_FILE names its file")
    ] = None
    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$"),
        Field(description="prefix of topics, consumer group and Redis keys"),
    ] = "casepulse"
    partitions: Annotated[
        int, Field(ge=1, le=512, description="of the events topic; fixed for life")
    ] = 8
    replication: Annotated[int, Field(ge=1, le=7, description="copies of each topic")] = 1
    profile: Annotated[
        Path | None, Field(description="the authority's profile (TOML); else January 2021's")
    ] = None
    clock: Annotated[ClockKind, Field(description="wall; for a replay events, or ticks")] = (
        ClockKind.WALL
    )
    role: Annotated[Role, Field(description="all, cases or board")] = Role.ALL
    partial_interval: Annotated[
        float, Field(ge=0.05, le=10, description="seconds between partials of what changed")
    ] = 0.1
    session_timeout: Annotated[
        float,
        Field(ge=6, le=300, description="seconds without a sign of life until others take over"),
    ] = 20
    instance: Annotated[
        str | None,
        StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$"),
        Field(
            description="a name that this worker alone has and keeps, as its pod's: back within "
            "its session, it gets the partitions that it had, and no other worker is disturbed"
        ),
    ] = None
    releases: Annotated[
        str | None,
        Field(
            description="where releases are kept: a directory, or an object store's URL. With it "
            "the worker that publishes makes the flash release of each month by itself"
        ),
    ] = None
    release_after: Annotated[
        float,
        Field(ge=0, le=86400, description="seconds after a month's end when its flash is made"),
    ] = 300
    metrics_host: Annotated[str, Field(description="where /metrics listens")] = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=0, le=65535, description="0: none")] = 9108
    log_level: Annotated[str, Field(description="debug, info, warning, error")] = "info"

    @field_validator("kafka")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for address in value.split(","):
            host, colon, port = address.strip().rpartition(":")
            if not (host and colon and port.isdigit()):
                raise ValueError("write host:port, and a comma between several")
        return value

    @field_validator("kafka_api_version")
    @classmethod
    def _api_version(cls, value: str | None) -> str | None:
        if value is not None and not all(part.isdigit() for part in value.split(".")):
            raise ValueError("write numbers with dots between, as 2.3")
        return value

    @field_validator("redis")
    @classmethod
    def _redis_url(cls, value: str) -> str:
        RedisAddress.read(value)
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value not in ("debug", "info", "warning", "error"):
            raise ValueError("must be one of: debug, info, warning, error")
        return value

    @field_validator("kafka_ca", "redis_ca")
    @classmethod
    def _certificates(cls, value: Path | None) -> Path | None:
        if value is not None:
            try:
                ssl.create_default_context(cafile=value)
            except (OSError, ssl.SSLError) as error:
                raise ValueError(f"holds no certificates that can be read: {error}") from None
        return value

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        named = self.kafka_user is not None, self.kafka_password is not None
        if self.kafka_security is KafkaSecurity.SASL_TLS:
            if not all(named):
                raise ValueError(
                    f"{PREFIX}KAFKA_SECURITY: sasl-tls wants {PREFIX}KAFKA_USER and "
                    f"{PREFIX}KAFKA_PASSWORD (or {PREFIX}KAFKA_PASSWORD_FILE)"
                )
        elif any(named):
            raise ValueError(
                f"{PREFIX}KAFKA_SECURITY: with a user or a password it must be sasl-tls; "
                "otherwise they would not be used, or cross the wire in the clear"
            )
        if self.kafka_ca is not None and self.kafka_security is KafkaSecurity.PLAINTEXT:
            raise ValueError(
                f"{PREFIX}KAFKA_SECURITY: with {PREFIX}KAFKA_CA it must not be plaintext"
            )
        if self.redis_ca is not None and not self.redis_address.tls:
            raise ValueError(f"{PREFIX}REDIS: with {PREFIX}REDIS_CA it must begin with rediss")
        of_sentinels = self.redis_sentinel_user, self.redis_sentinel_password
        if any(of_sentinels) and self.redis_address.topology is not Topology.SENTINEL:
            raise ValueError(
                f"{PREFIX}REDIS: with {PREFIX}REDIS_SENTINEL_USER or …_PASSWORD it must be "
                "redis+sentinel://…; otherwise they would not be used"
            )
        return self

    @property
    def redis_address(self) -> RedisAddress:
        """`redis`, taken apart."""
        return RedisAddress.read(self.redis)

    @property
    def kafka_version(self) -> tuple[int, ...] | None:
        """`kafka_api_version` as kafka-python takes it."""
        version = self.kafka_api_version
        return tuple(int(part) for part in version.split(".")) if version else None


def describe(settings: type[FromEnvironment] = Settings) -> list[tuple[str, str, str]]:
    """Each variable with its meaning and its default, for `--help`."""
    prefix = settings.model_config["env_prefix"]
    return [
        (f"{prefix}{name.upper()}", field.description or "", _plain(field.default))
        for name, field in settings.model_fields.items()
    ]


def _plain(default: object) -> str:
    return "" if default in (None, PydanticUndefined) else _written(default)
