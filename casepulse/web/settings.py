"""Settings of the web service, from the environment, validated before anything starts.

Where Redis is and whose figures these are stands in the settings that the worker has, too
(`casepulse.streams.settings`). Every variable here is named `CASEPULSE_WEB_…`.
"""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from casepulse.streams.settings import FromEnvironment

PREFIX = "CASEPULSE_WEB_"


class WebSettings(FromEnvironment):
    """How the pages are served."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    host: Annotated[str, Field(description="where pages are served")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="0: any that is free")] = 8080
    address: Annotated[
        str | None,
        Field(
            description="how people reach it, as https://figures.example.gov.uk; sign-in and "
            "links need it. Else http://HOST:PORT"
        ),
    ] = None

    @field_validator("address")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("write https://host, without a path")
        return None if value is None else value.rstrip("/")

    @property
    def hosts(self) -> frozenset[str]:
        """The names that the service answers to; "*" where it can't be known."""
        ours = {"127.0.0.1", "localhost"}
        if self.address is not None:
            return frozenset({urlsplit(self.address).hostname or "", *ours})
        return frozenset(ours if self.host in ours else "*")
