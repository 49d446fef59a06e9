"""A view for tests."""

from datetime import datetime

from casepulse.schemas.view import ViewMeta
from casepulse.state import Catalogue
from casepulse.state.viewing import definitions_version


def view_meta(catalogue: Catalogue, at: datetime) -> ViewMeta:
    """What is said of the figures of one whole partition, as at an instant and published then."""
    return ViewMeta(
        version=7,
        as_of=at,
        published=at,
        definitions=definitions_version(catalogue),
        authority=catalogue.profile.authority,
        partitions=1,
        partitions_counted=1,
        read_to={},
    )
