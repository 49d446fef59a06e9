"""Workers and the children they hold."""

from typing import Annotated, ClassVar

from pydantic import Field

from casepulse.schemas.envelope import Data, Key


class WorkerRecorded(Data):
    """A worker holds a post of this size in this team from now on."""

    TYPE: ClassVar[str] = "worker.recorded"
    ABOUT: ClassVar[tuple[str, ...]] = ("worker",)

    fte: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = Field(
        description="Full-time equivalent: 1 is a full-time post."
    )


class WorkerLeft(Data):
    """A worker left the service."""

    TYPE: ClassVar[str] = "worker.left"
    ABOUT: ClassVar[tuple[str, ...]] = ("worker",)


class AllocationStarted(Data):
    """A worker became responsible for a child."""

    TYPE: ClassVar[str] = "allocation.started"

    allocation: Key
    worker: Key
    to_manager: bool = Field(
        default=False, description="A manager holds the case until a social worker takes it."
    )


class AllocationEnded(Data):
    """A worker stopped being responsible for a child."""

    TYPE: ClassVar[str] = "allocation.ended"

    allocation: Key
