"""Settings of the lists behind a figure: sign-in, grants, audit log, who we are to Redis there.

None of them: the lists are off. Some: the service does not start, and says which are wanted.
"""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from casepulse.access.kept_head import is_beside
from casepulse.streams.settings import FromEnvironment, Settings, SettingsError
from casepulse.web.settings import PREFIX

#: Those without which there are no lists.
WANTED = (
    *("oidc_issuer", "oidc_client_id", "oidc_client_secret", "session_key"),
    *("access", "audit", "audit_head"),
)

_Text = Annotated[str, StringConstraints(min_length=1)]


class ListSettings(FromEnvironment):
    """Who may see lists, who says who they are, and where every look is written down."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    oidc_issuer: Annotated[
        _Text, Field(description="the OpenID provider's issuer, as https://login.example.gov.uk")
    ]
    oidc_client_id: Annotated[_Text, Field(description="who we are to the provider")]
    oidc_client_secret: Annotated[SecretStr, Field(description="our secret there; or …_FILE")]
    oidc_scope: Annotated[str, Field(description="what is asked for; `openid` must be in it")] = (
        "openid profile"
    )
    oidc_claim: Annotated[
        _Text, Field(description="the claim that says which groups somebody is in")
    ] = "groups"
    session_key: Annotated[
        SecretStr,
        Field(min_length=32, description="signs the session cookie, 32 characters; or …_FILE"),
    ]
    access: Annotated[Path, Field(description="the file of grants (TOML): docs/access.md")]
    audit: Annotated[Path, Field(description="the audit log, which only grows")]
    audit_head: Annotated[
        _Text,
        Field(
            description="where number and hash of its last record are kept: a file on another "
            "disk, or an object's URL, as s3://bucket/audit.head"
        ),
    ]
    lists_redis_user: Annotated[
        str | None, Field(description="who we are to Redis when a list is read, as `lists`")
    ] = None
    lists_redis_password: Annotated[
        SecretStr | None, Field(description="its password; or …_FILE")
    ] = None

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        if not is_safe(value):
            raise ValueError("must begin with https:// (http:// only on 127.0.0.1 or localhost)")
        return value

    @field_validator("oidc_scope")
    @classmethod
    def _scope(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("`openid` must be one of its words")
        return value

    @field_validator("audit_head")
    @classmethod
    def _elsewhere(cls, value: str, told: ValidationInfo) -> str:
        log = told.data.get("audit")
        if log is not None and is_beside(value, log):
            raise ValueError(
                "must not lie in the log's own folder: whoever can cut off the log's end must not "
                "get at its head; name a file on another disk, or an object's URL"
            )
        return value

    def of_redis(self, settings: Settings) -> Settings:
        """The settings to read lists with: never as the user that reads the view."""
        user, password = self.lists_redis_user, self.lists_redis_password
        return settings.model_copy(update={"redis_user": user, "redis_password": password})

    @classmethod
    def if_any(cls) -> Self | None:
        """Read the environment.

        Returns:
            None where none of these is set: the lists are off.

        Raises:
            SettingsError: some are set and others are wanted, one has a value that is not allowed,
                or a secret's file can't be read. No value is repeated: it might be a secret.
        """
        files = {f"{_name(secret)}_FILE": secret for secret in cls.secrets()}
        there = {
            files.get(variable, variable.removeprefix(PREFIX).lower())
            for variable in [*map(_name, cls.model_fields), *files]
            if os.environ.get(variable)
        }
        if not there:
            return None
        if lacking := [_name(name) for name in WANTED if name not in there]:
            raise SettingsError(
                f"{', '.join(lacking)}: wanted for the lists, for which "
                f"{', '.join(map(_name, sorted(there)))} is set; set all, or none"
            )
        return cls.from_environment()


def wanted() -> list[tuple[str, str]]:
    """Those without which there are no lists, each with its meaning."""
    fields = ListSettings.model_fields
    return [(_name(name), fields[name].description or "") for name in WANTED]


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read along: over TLS, or within this machine."""
    parts = urlsplit(address)
    return (parts.scheme == "https" and bool(parts.hostname)) or is_loopback(address)


def is_loopback(address: str) -> bool:
    """Whether an http address is of this very machine."""
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname is None:
        return False
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def _name(field: str) -> str:
    return f"{PREFIX}{field.upper()}"
