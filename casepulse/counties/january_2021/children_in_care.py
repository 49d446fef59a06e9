"""Children in care: their stays, legal status and placements, and how they are looked after."""

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.care_legal import legal_statuses
from casepulse.counties.january_2021.care_planning import assess, make_pathway_plans, watch
from casepulse.counties.january_2021.care_reviews import review
from casepulse.counties.january_2021.care_stays import after_january, stays
from casepulse.counties.january_2021.care_visits import visit
from casepulse.counties.january_2021.county import County
from casepulse.counties.january_2021.placements import place


def plan(county: County) -> None:
    """Put the children in care into the county, and tell what happened to them."""
    area = Area.of(county, "children_in_care")
    children = stays(area)
    children += after_january(area, children)
    legal_statuses(county, children)
    places = place(county, children)
    visit(county, children, places)
    planned = make_pathway_plans(county, children)
    review(county, children, planned)
    assess(county, children)
    watch(county, children)
