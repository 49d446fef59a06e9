"""The pages in a real Chromium, on the county of January 2021 that a real worker holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from casepulse.schemas.codes import Pathway
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import make_event
from casepulse.schemas.events.referral import ReferralStarted
from tests.january.county import County
from tests.report.browsing import chromium, violations
from tests.waiting import quiet_clock, until

pytestmark = pytest.mark.broker

#: A page of each kind.
PATHS = (
    "/",
    "/demand",
    "/measures",
    "/measures/cp_visits",
    "/localities",
    "/localities/Stroud",
    "/data-quality",
    "/sources",
    "/lists",
)

#: In CSS pixels: a telephone, a tablet, a desk.
WIDTHS = 320, 768, 1280

#: No child of an earlier run.
_NAMES = (f"browser-{uuid4().hex[:8]}-{number}" for number in count(1))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests here."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, january: County) -> Iterator[Page]:
    """A window, in which nothing may go wrong without a word."""
    context = browser.new_context(base_url=january.address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.extend(_wrong(message)))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def _wrong(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type in ("error", "warning") else []


def referral() -> Event[Any]:
    """A referral of January of a child that nobody knew before: one more in the count."""
    name = next(_NAMES)
    began = datetime(2021, 1, 29, 12, tzinfo=UTC)
    return make_event(
        ReferralStarted(referral=name, pathway=Pathway.SECTION_17),
        id=name,
        source="urn:casepulse:browser-test",
        subject=f"child:{name}",
        time=began,
        recorded=began + timedelta(hours=1),
    )


def figure(page: Page) -> int:
    """The figure of the measure whose page is open."""
    return int(page.locator(".page-summary__figure").inner_text().replace(",", ""))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_whole_and_accessible(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    asked: list[int] = []
    page.on("response", lambda response: asked.append(response.status))
    page.goto(path)
    expect(page.locator("h1")).to_have_count(1)
    assert violations(page) == []
    assert page.evaluate("[...document.images].every((each) => each.complete && each.naturalWidth)")
    assert set(asked) <= {200, 304}


@pytest.mark.parametrize("path", PATHS)
def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(page: Page, path: str) -> None:
    """On a page that is paused: one that is made anew meanwhile has other elements."""
    page.add_init_script("sessionStorage.setItem('casepulse.paused', 'yes')")
    page.goto(path)
    wanted = page.evaluate("""
        const kinds = "a[href], button, summary, input, select, [tabindex='0']";
        const able = [...document.querySelectorAll(kinds)];
        const seen = able.filter((each) => each.checkVisibility({ visibilityProperty: true }));
        seen.forEach((each, number) => each.setAttribute("data-number", number));
        document.activeElement.blur();
        seen.length;
    """)
    reached, unseen = [], []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        number, shown = page.evaluate("""() => {
            const at = document.activeElement, style = getComputedStyle(at);
            const shows = style.outlineStyle !== "none" || style.boxShadow !== "none";
            return [at.dataset.number, shows];
        }""")
        reached.append(number)
        if not shown:
            unseen.append(number)
    assert [int(number) for number in reached if number is not None] == list(range(wanted))
    assert unseen == []


def test_a_whole_visit_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "to-cp_visits":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/cp_visits")
    expect(page.locator("h1")).to_have_text("Children subject to a protection plan seen in time")


@pytest.mark.parametrize("path", PATHS)
def test_it_all_works_without_javascript(browser: Browser, january: County, path: str) -> None:
    context = browser.new_context(base_url=january.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("button", name="Pause updates")).to_have_count(0)
    for link in page.locator("nav a").all():
        expect(link).to_be_visible()
    if path == "/":
        view = january.view.measures["cp_visits"]
        row = page.locator("tr[data-measure=cp_visits]")
        assert view.published is not None
        expect(row).to_contain_text(view.published)
        page.get_by_text("What the marks mean").click()
        expect(page.get_by_text("At target or better, or within tolerance of it.")).to_be_visible()
    if path == "/measures/cp_visits":
        assert page.locator(".report-chart img").evaluate("(each) => each.naturalWidth") > 0
        page.get_by_text("Figures of this chart").click()
        expect(page.get_by_role("cell", name="90%").first).to_be_visible()
    context.close()


def test_an_event_sent_to_kafka_changes_the_open_page_within_two_seconds(
    page: Page, january: County
) -> None:
    """Most of five do. One that comes as the lists of a whole county are made anew, once in half a
    minute, waits for them."""
    january.until_shown()
    page.goto("/measures/referrals")
    expect(page.locator("[data-connection]")).to_have_text("The page updates by itself.")
    page.locator(".report-chart summary").press("Enter")
    took = []
    with quiet_clock() as seconds:
        for _ in range(5):
            before = figure(page)
            january.send([referral()])
            sent = seconds()
            expect(page.locator(".page-summary__figure")).to_have_text(f"{before + 1:,}")
            took.append(seconds() - sent)
    assert sorted(took)[2] < 2, took
    # What was unfolded stays so, and the focus stays where it was.
    expect(page.locator(".report-chart details")).to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    last = page.locator(".report-chart details tbody tr").last
    expect(last).to_contain_text(f"{figure(page):,}")


def test_pause_holds_the_page_until_it_is_resumed(page: Page, january: County) -> None:
    january.until_shown()
    page.goto("/measures/referrals")
    before = figure(page)
    page.get_by_role("button", name="Pause updates").press("Space")
    expect(page.locator("[data-connection]")).to_have_text("Updates are paused.")
    january.send([referral()])
    january.until_shown()
    page.wait_for_timeout(3000)
    assert figure(page) == before
    button = page.get_by_role("button", name="Resume updates")
    expect(button).to_be_focused()
    page.goto("/demand")  # it is paused there, too
    expect(button).to_be_visible()
    page.goto("/measures/referrals")
    before += 1
    assert figure(page) == before, "a page that is asked for is as it is now"
    january.send([referral()])
    button.click()
    expect(page.locator(".page-summary__figure")).to_have_text(f"{before + 1:,}")


def test_where_events_are_cut_the_page_looks_by_itself(browser: Browser, january: County) -> None:
    january.until_shown()
    context = browser.new_context(base_url=january.address)
    page = context.new_page()
    page.route("**/live", lambda route: route.fulfill(status=503, body=""))
    page.goto("/measures/referrals")
    expect(page.locator("[data-connection]")).to_have_text(
        "The page looks for news every few seconds."
    )
    before = figure(page)
    january.send([referral()])
    expect(page.locator(".page-summary__figure")).to_have_text(f"{before + 1:,}")
    context.close()


def test_redis_stopped_shows_the_warning_and_back_again_clears_it(
    page: Page, january: County
) -> None:
    page.goto("/")
    coloured = page.locator("[data-rag]").count()
    assert coloured > 20
    january.stop_redis()
    try:
        warning = page.get_by_role("region", name="Old figures")
        expect(warning).to_be_visible()
        expect(page.locator("[data-rag]")).to_have_count(0)
        expect(page.get_by_text("Withheld").first).to_be_visible()
        expect(page.locator("[data-announcements]")).to_contain_text("old")
        assert violations(page) == []
    finally:
        january.start_redis()
    expect(warning).to_have_count(0)
    expect(page.locator("[data-rag]")).to_have_count(coloured)
    expect(page.locator("[data-announcements]")).to_have_text("Figures are live again.")


def test_a_page_that_gets_no_good_answer_says_so_until_it_does(
    browser: Browser, january: County
) -> None:
    """A proxy that answers for a service that is gone; then nobody at all; then all is well."""
    context = browser.new_context(base_url=january.address)
    page = context.new_page()
    page.goto("/")
    coloured = page.locator("[data-rag]").count()
    connection = page.locator("[data-connection]")
    expect(connection).to_have_text("The page updates by itself.")
    for gone in (
        lambda route: route.fulfill(status=502, body="Bad Gateway"),
        lambda route: None,  # asked, and never answered
    ):
        page.route("**/parts/**", gone)
        page.route("**/live", gone)
        expect(connection).to_contain_text("has not been answered since")
        expect(page.locator("[data-live=as-of]")).to_contain_text("Old:")
        expect(page.locator("[data-rag]:text-is('Green')")).to_have_count(0)
        page.unroute_all(behavior="ignoreErrors")
        expect(connection).to_have_text("The page updates by itself.")
        expect(page.locator("[data-live=as-of]")).to_contain_text("Live:")
        expect(page.locator("[data-rag]")).to_have_count(coloured)
        expect(page.locator("body")).not_to_have_class("page-lost")
    context.close()


def test_a_paused_page_asks_for_nothing(browser: Browser, january: County) -> None:
    context = browser.new_context(base_url=january.address)
    page = context.new_page()
    page.route("**/live", lambda route: route.fulfill(status=503, body=""))
    page.goto("/")
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Pause updates").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(12_000)
    assert asked == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_locality_manager_finds_who_is_late(
    browser: Browser, january: County, scripts: bool
) -> None:
    """From a measure's page to its list, and its file: with scripts and without."""
    context = browser.new_context(base_url=january.lists, java_script_enabled=scripts)
    page = context.new_page()
    page.goto("/measures/cp_visits")
    expect(page.get_by_text("This is a demo")).to_be_visible()
    page.get_by_role("link", name="Who is late, and who falls due").click()
    expect(page.locator("h1")).to_have_text("Who would you be?")
    _accessible(page, scripts)
    page.get_by_label("Locality manager").check()
    page.get_by_role("button", name="Go on").click()
    _accessible(page, scripts)
    page.get_by_label("Going through the list with a team or a worker").check()
    page.get_by_role("button").last.click()
    expect(page.locator("h1")).to_contain_text("Children subject to a protection plan")
    # Redis was emptied by a test before: the worker writes the lists anew, a part at a time.
    expect(_when_whole(page)).to_have_count(0)
    link = page.get_by_role("link", name="as CSV")
    told = int("".join(filter(str.isdigit, link.inner_text())))
    awaited = january.view.measures["cp_visits"].awaited
    [locality] = set(page.locator("table tbody tr").evaluate_all(_LOCALITIES))
    [ours] = [each for each in awaited if each.locality == locality]
    overdue, soon = ours.overdue, sum(ours.days.values())
    assert 0 <= overdue + soon - told <= 2  # a restricted record or two
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        _accessible(page, scripts)
    with page.expect_download() as download:
        link.click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == told + 1
    context.close()


def _when_whole(page: Page) -> Locator:
    """The list's warning that parts of it are missing, looked at anew until it is gone."""
    warning = page.get_by_role("region", name="List not whole")

    def whole() -> bool:
        page.reload()
        return not warning.count()

    until(whole, "the list is whole", warning.all_inner_texts)
    return warning


#: In each row of a list, what stands under "Locality".
_LOCALITIES = """rows => rows.map((row) => {
    const heads = [...row.closest("table").querySelectorAll("thead th")];
    const place = heads.findIndex((head) => head.textContent.includes("Locality"));
    return row.children[place].textContent.trim();
})"""


def _accessible(page: Page, scripts: bool) -> None:
    if scripts:  # axe is one
        assert violations(page) == []


@pytest.mark.parametrize("path", PATHS)
def test_it_prints_well(page: Page, path: str) -> None:
    page.goto(path)
    page.emulate_media(media="print")
    for name in ("Menu", "Parts of the dashboard"):
        navigation = page.get_by_role("navigation", name=name)
        if navigation.count():
            expect(navigation).to_be_hidden()
    expect(page.get_by_role("button", name="Pause updates")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    # An A4 page with its margins, at 96 pixels an inch.
    page.set_viewport_size({"width": 718, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
