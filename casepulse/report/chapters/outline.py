"""The chapters of the report's body: their keys, titles and sections, in its order."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from casepulse.report.material import Material
from casepulse.report.topics import topics_of
from casepulse.schemas.measure import Section


class Outlined(NamedTuple):
    """A chapter of the body: what it is called, and the sections that it prints."""

    key: str
    title: str
    sections: tuple[Section, ...]
    borrowed: tuple[str, tuple[str, ...]] | None = None
    """A topic that it begins with, though its measures belong to another chapter."""

    def topics(self, material: Material) -> Iterator[tuple[str, list[str]]]:
        """Its topics with the ids of their measures that the release has.

        What has none comes last, under a title of its own.
        """
        measures = [
            each.definition for section in self.sections for each in material.section(section)
        ]
        topics = topics_of(self.sections, measures)
        first = [self.borrowed] if self.borrowed else []
        for title, names in (*first, *topics.items()):
            present = [name for name in names if name in material.measures]
            if present:
                yield title, present


DEMAND = Outlined(
    "demand",
    "Demand Dashboard",
    (Section.DEMAND,),
    ("Contacts", ("contacts_received", "contacts_to_social_care", "contacts_to_early_help")),
)

BODY: tuple[Outlined, ...] = (
    Outlined("contact", "Contact, Referral and Assessment", (Section.CONTACT,)),
    Outlined("early_help", "Early Help", (Section.EARLY_HELP,)),
    Outlined("children_in_need", "Children in Need", (Section.CHILDREN_IN_NEED,)),
    Outlined("child_protection", "Child Protection", (Section.CHILD_PROTECTION,)),
    Outlined(
        "children_in_care", "Children in Care", (Section.CHILDREN_IN_CARE, Section.FOSTER_CARERS)
    ),
    Outlined("education", "Education of Children in Care", (Section.EDUCATION,)),
    Outlined("leaving_care", "Children Leaving Care", (Section.LEAVING_CARE,)),
    Outlined("missing", "Missing Children and Child Exploitation", (Section.MISSING,)),
    Outlined("legal", "Legal Proceedings", (Section.LEGAL,)),
    Outlined("workforce", "Workforce", (Section.WORKFORCE,)),
)


def key_of(words: str) -> str:
    """A key made from a title: letters, digits and _."""
    return re.sub("[^a-z0-9]+", "_", words.lower()).strip("_")
