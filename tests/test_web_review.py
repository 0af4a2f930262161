"""The review page in a browser: what a person does there, with mouse, with keys alone, and in two tabs.

Without a Chromium of the system these are skipped; none is ever downloaded.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from a_review_page import MISSED, OTHER, TEETH
from web_pages import Served, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture(scope="module")
def context(browser: Browser, site: Served) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(site.address)
    assert page.url == f"{site.origin}/"
    page.close()
    yield context
    assert all(url.startswith((site.origin, f"blob:{site.origin}", "data:")) for url in asked)
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Served) -> Iterator[Page]:
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda said: faults.append(said.text) if said.type == "error" and "409" not in said.text else None
    )
    page.goto(site.origin)
    expect(page.locator("#masks li").first).to_be_visible()
    yield page
    while page.locator("#undo").count() and page.locator("#undo").is_enabled():
        with page.expect_response("**/decisions"):
            page.locator("#undo").click()
    page.close()
    assert not faults


def decision(page: Page, item: int) -> Any:  # noqa: ANN401 - as JSON has it
    state = page.request.get(f"{page.url.partition('#')[0]}review.json").json()
    return state["items"][item]["decision"]


def drag(page: Page, box: tuple[int, int, int, int]) -> None:
    """Draw that box of the picture's pixels with the mouse."""
    left, top, right, bottom = (
        page.evaluate("""([x, y]) => {
            const canvas = document.getElementById("view"), edge = canvas.getBoundingClientRect();
            const scale = Math.min(edge.width / 160, edge.height / 120);
            const [left, top] = [(edge.width - 160 * scale) / 2, (edge.height - 120 * scale) / 2];
            return [edge.left + left + x * scale, edge.top + top + y * scale];
        }""", [x, y])[axis]
        for x, y, axis in ((box[0], 0, 0), (0, box[1], 1), (box[2], 0, 0), (0, box[3], 1))
    )  # fmt: skip
    page.mouse.move(left + 0.5, top + 0.5)
    page.mouse.down()
    page.mouse.move((left + right) / 2, bottom - 0.5)
    page.mouse.move(right - 0.5, bottom - 0.5)
    page.mouse.up()


def test_a_mask_is_drawn_over_what_was_missed_a_false_one_removed_and_both_applied(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path) as site:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(site.address)
        expect(page.locator("#masks li")).to_have_count(3)
        page.locator("#draw").click()
        drag(page, (MISSED.left, MISSED.top, MISSED.right, MISSED.bottom))
        expect(page.locator("#masks li")).to_have_count(4)
        page.locator("#masks li", has_text="could not be read").get_by_role("button").click()
        expect(page.locator("#masks li", has_text="Will be removed")).to_have_count(1)
        page.locator("#masks li", has_text="Other text").get_by_role("button").click()
        page.locator("#ask-yes").click()
        expect(page.locator("#masks li", has_text="Will be removed")).to_have_count(2)
        page.locator("#accept").click()
        page.locator("#apply").click()
        page.locator("#ask-yes").click()
        expect(page.locator("#ask-list")).to_contain_text("made again and checked")
        page.locator("#ask-no").click()
        page.locator("nav button", has_text="File 1").first.click()
        stays = page.locator("#masks li", has_text="This mask stays: without it")
        expect(stays).to_contain_text("Other text")
        expect(stays.get_by_role("button")).to_have_count(0)
        expect(page.locator("#masks li", has_text="Will be removed")).to_have_count(1)
        page.locator("#done").click()
        expect(page.get_by_text("You can close this page now.")).to_be_visible()
        assert site.process.wait(30) == 0
        page.close()
        added, removed = json.loads(site.applied.read_text(encoding="utf-8"))[f"{0:064x}"]
    assert len(added) == 1
    assert [f"left={box.left}" in place for box, place in zip((TEETH, OTHER), removed, strict=True)] == [True, True]
    assert f"left={MISSED.left}, top={MISSED.top}, right={MISSED.right}, bottom={MISSED.bottom}" in added[0]


def test_the_whole_way_goes_with_the_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#view")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#before")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    page.keyboard.press("d")
    expect(page.locator("#said")).to_contain_text("Arrows move the box")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Mask drawn.")
    assert len(decision(page, 0)["added"]) == 1
    page.keyboard.press("Control+z")
    expect(page.locator("#masks li")).to_have_count(3)
    page.keyboard.press("Control+y")
    expect(page.locator("#masks li")).to_have_count(4)
    remove = page.locator("#masks li", has_text="could not be read").get_by_role("button")
    remove.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#masks li", has_text="Will be removed")).to_have_count(1)
    page.locator("#view").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_have_text("1 of 5 looked at")


def test_the_patients_writing_stays_masked_and_says_why_and_other_writing_asks(page: Page) -> None:
    header = page.locator("#masks li", has_text="matches the patient's data")
    expect(header).to_contain_text("This mask stays")
    expect(header.get_by_role("button")).to_have_count(0)
    other = page.locator("#masks li", has_text="Other text")
    other.get_by_role("button").click()
    page.keyboard.press("Escape")
    assert decision(page, 0)["removed"] == []
    other.get_by_role("button").click()
    with page.expect_response("**/decisions"):
        page.locator("#ask-yes").click()
    assert [place["confirmed"] for place in decision(page, 0)["removed"]] == [True]


def test_a_mask_for_the_series_is_put_on_each_of_its_files_and_slices_turn_with_keys(page: Page) -> None:
    expect(page.locator("nav button")).to_have_text(
        ["File 1", "Series 2, 2 pictures", "File 1", "Series 2, 4 pictures"]
    )
    page.locator("nav button", has_text="Series 2, 4").click()
    expect(page.locator("#slice-label")).to_have_text("Picture 1 of 4")
    page.locator("#view").focus()
    page.keyboard.press("PageDown")
    expect(page.locator("#slice-label")).to_have_text("Picture 2 of 4")
    page.locator("#scope").select_option("series")
    page.locator("#draw").click()
    with page.expect_response("**/decisions"):
        drag(page, (20, 50, 40, 60))
    places = [decision(page, item)["added"] for item in range(5)]
    assert places[0] == []
    assert [each[0]["box"] for each in places[1:]] == [[20, 50, 40, 60]] * 4


def test_two_tabs_see_what_is_true(context: BrowserContext, page: Page, site: Served) -> None:
    other = context.new_page()
    other.goto(site.origin)
    expect(other.locator("#masks li").first).to_be_visible()
    page.locator("#draw").click()
    with page.expect_response("**/decisions"):
        drag(page, (20, 50, 40, 60))
    other.locator("#masks li", has_text="could not be read").get_by_role("button").click()
    expect(other.locator("#said")).to_contain_text("changed in another tab")
    expect(other.locator("#masks li")).to_have_count(4)
    assert decision(page, 0)["removed"] == []
    other.close()


def test_a_second_browser_and_a_page_from_elsewhere_get_nothing(
    browser: Browser, context: BrowserContext, site: Served
) -> None:
    stranger = browser.new_page()
    for address in (site.address, site.origin, f"{site.origin}/review.json"):
        answer = stranger.goto(address)
        assert answer is not None
        assert answer.status == 403
    stranger.close()
    elsewhere = context.new_page()
    elsewhere.goto("about:blank")
    elsewhere.set_content(f"<img src='{site.origin}/items/0/frames/0/before.png'>")
    expect(elsewhere.locator("img")).to_have_js_property("naturalWidth", 0)
    told = elsewhere.evaluate(
        "url => fetch(url, {credentials: 'include'}).then(answer => answer.text(), () => 'nothing')",
        f"{site.origin}/review.json",
    )
    assert told == "nothing"
    elsewhere.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(page: Page, width: int, scheme: Any) -> None:  # noqa: ANN401 - a literal of Playwright
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_mask_whose_removal_nobody_confirmed_can_still_be_taken_away(page: Page) -> None:
    """As a review file that was written by hand leaves it."""
    told = page.evaluate("""async () => {
        const { Decisions } = await import("/decisions.js");
        const decisions = new Decisions(), box = [1, 2, 3, 4];
        const place = (confirmed) => ({ box, frame: null, confirmed });
        return [[false, false], [false, true], [true, true]].map(([before, now]) => {
            decisions.items = [{ refused: [place(before)], decision: { added: [], removed: [place(now)] } }];
            return [Boolean(decisions.refusal(0, 0, box)), decisions.isRemoved(0, 0, box)];
        });
    }""")
    assert told == [[True, False], [False, True], [True, False]]
