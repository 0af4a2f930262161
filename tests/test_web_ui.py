"""The page of ``scanscrub ui`` in a browser, from a file to a folder that may be shared, as the program serves it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

import scanscrub
from test_web_review import CHROMIUM, pytestmark

__all__ = ["pytestmark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Desktop:
    """A folder with an ``xdg-open`` that writes down what it is to open."""

    def __init__(self, folder: Path) -> None:
        self._said = folder / "opened"
        self._said.touch()
        opener = folder / "xdg-open"
        opener.write_text(f'#!/bin/sh\necho "$1" >> "{self._said}"\n', encoding="utf-8")
        opener.chmod(0o755)
        self.environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "DISPLAY": ":0"}

    def opened(self, number: int) -> str:
        """What was opened as the `number`-th, counted from 1, as soon as it is."""
        while len(lines := self._said.read_text(encoding="utf-8").split("\n")) <= number:
            os.sched_yield()
        return lines[number - 1]


@pytest.fixture
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    return Desktop(tmp_path_factory.mktemp("desktop"))


@pytest.fixture
def page(browser: Browser, desktop: Desktop, tmp_path: Path) -> Iterator[Page]:
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "en_US.UTF-8"}
    here = {name: value for name, value in here.items() if name != "SSH_CONNECTION"} | desktop.environment
    command = [sys.executable, "-m", "scanscrub", "ui", "--lang", "en"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=here) as process:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(desktop.opened(1))
        yield page
        page.close()
        process.terminate()
        _, said = process.communicate()
    assert not faults
    assert "canary" not in said
    assert str(tmp_path) not in said


def grave_faults(page: Page) -> list[str]:
    """The rules of accessibility that the page breaks gravely."""
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in {"serious", "critical"}]


def test_the_way_from_a_folder_to_pictures_for_a_chatbot(page: Page, desktop: Desktop, tmp_path: Path) -> None:
    pictures = tmp_path / "in"
    pictures.mkdir()
    Image.new("L", (64, 48), 90).save(pictures / "zqcanary.png")
    page.locator("#path").fill(str(tmp_path))
    page.locator("#browse").click()
    page.locator("#folder button", has_text="in").click()
    expect(page.locator("#here")).to_have_text(str(pictures))
    page.locator("#take").click()
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("#look")).to_be_visible(timeout=20_000)
    expect(page.locator("#words")).to_contain_text("1 image")
    expect(page.locator("#to")).to_have_value(str(tmp_path / "in-clean"))
    assert grave_faults(page) == []
    page.get_by_role("button", name="Make clean copies").click()
    expect(page.locator("#share")).to_be_visible(timeout=20_000)
    expect(page.locator("#summary")).to_contain_text("Clean copies: 1")
    assert (tmp_path / "in-clean" / "report.html").exists()
    assert grave_faults(page) == []
    page.get_by_role("link", name="Check the pictures").click()
    expect(page.locator("#no-masks")).to_be_visible(timeout=20_000)
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    expect(page.locator("#masks li")).to_have_count(1)
    page.locator("#apply").click()
    page.locator("#ask-yes").click()
    expect(page.locator("#ask-list")).to_contain_text("made again", timeout=20_000)
    page.locator("#ask-no").click()
    expect(page.locator("#masks li")).to_contain_text("Drawn by a person")
    page.locator("#done").click()
    expect(page.locator("#share")).to_be_visible()
    checked = [
        name for name, checks in scanscrub.verify(tmp_path / "in-clean") if not all(check.passed for check in checks)
    ]
    assert checked == []
    page.locator("#open").click()
    assert desktop.opened(2) == (tmp_path / "in-clean").as_uri()
    page.locator("#chatbot").click()
    expect(page.locator("#chatbot-made")).to_be_visible(timeout=20_000)
    assert (tmp_path / "in-clean" / "for-chatbot" / "about.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "in-clean", "review.json"]
    page.locator(".again:visible").click()
    expect(page.locator("#choose")).to_be_visible()


def test_what_leads_nowhere_is_told_and_nothing_is_written(page: Page, tmp_path: Path) -> None:
    for path in (str(tmp_path / "zqcanary"), "relative", "", "\x07", "~zqcanary/x"):
        page.locator("#path").fill(path)
        page.keyboard.press("Enter")
        expect(page.locator("#wrong")).not_to_be_empty()
    assert list(tmp_path.iterdir()) == []


def test_copies_go_nowhere_where_something_is(page: Page, tmp_path: Path) -> None:
    pictures = tmp_path / "in"
    pictures.mkdir()
    Image.new("L", (64, 48), 90).save(pictures / "a.png")
    page.locator("#path").fill(str(pictures))
    page.keyboard.press("Enter")
    expect(page.locator("#look")).to_be_visible(timeout=20_000)
    page.locator("#to").fill(str(pictures))
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_contain_text("never overwritten")
    assert [path.name for path in pictures.iterdir()] == ["a.png"]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(page: Page, width: int, scheme: Any) -> None:  # noqa: ANN401 - a literal of Playwright
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("#choose")).to_be_visible()
    page.locator("#browse").click()
    expect(page.locator("#browser")).to_be_visible()
    assert grave_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
