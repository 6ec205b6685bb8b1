"""Dagster's UI as a user's eyes and hands meet it: pages, buttons, what stands on the screen.

What belongs here: where things are on the pages of the pinned Dagster. What does not: what ought
to stand there (the tests). Everything is found by the words a user reads, not by styles or ids.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
_FLAGS = [
    "--no-sandbox",  # containers and root have no user namespaces to build one from
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_RUN = re.compile(r"\b[0-9a-f]{8}$")  # how a run is called on the pages
_PATIENCE_MS = 60_000  # a second or two on an idle machine
_BACKFILL_MS = 300_000  # half a minute on an idle machine


class Walk:
    """One browser window, the pictures taken of it, and what went wrong in it."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page = page
        self.address = address
        self.pictures = pictures
        self.errors: list[str] = []
        self._taken = 0
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")

    def picture(self, name: str) -> None:
        """Keep what the window shows now."""
        self._taken += 1
        self.page.screenshot(path=self.pictures / f"{self._taken:02}-{name}.png")

    def see(self, *texts: str) -> None:
        """Wait until all of these stand on the page."""
        for text in texts:
            expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def open_asset(self, asset: str, tab: str) -> None:
        """From the catalog to a tab of an asset."""
        self.page.goto(f"{self.address}/assets/{asset}")
        self.page.get_by_role("tab", name=tab).click()

    def show_days(self, days: str) -> None:
        """Narrow the partition grid to these days, such as ``[2026-01-01...2026-01-03]``."""
        box = self.page.get_by_placeholder("ex: ")
        box.fill(days)
        box.press("Enter")

    def choose(self, days: str, exchanges: Sequence[str]) -> None:
        """Open the dialog that launches, and pick partitions in it."""
        self.page.get_by_role("button", name="Materialize").first.click()
        dialog = self.page.get_by_role("dialog").filter(has_text="Launch runs")
        box = dialog.get_by_placeholder("ex: ")
        box.fill(days)
        box.press("Enter")
        dialog.get_by_text("Select a partition or create one").click()
        for exchange in exchanges:
            self.page.get_by_role("menuitem").filter(has_text=exchange).click()
        dialog.get_by_text("Launch runs").click()  # closes the list
        expect(self.page.get_by_role("menuitem")).to_have_count(0)

    def launch(self) -> None:
        """Launch what is chosen and follow it to the backfill's page."""
        self.page.get_by_role("button", name="Launch backfill").click()
        self.page.get_by_role("link", name="View", exact=True).click()
        self.page.wait_for_url("**/runs/b/*")

    def wait_for_backfill(self) -> str:
        """Watch the backfill's page until it says how it ended."""
        status = self.page.get_by_text("Status", exact=True).locator("xpath=following-sibling::*")
        ended = re.compile("Succeeded|Failed|Completed|Cancell?ed")
        expect(status).to_contain_text(ended, timeout=_BACKFILL_MS)
        return status.inner_text().strip()

    def open_first_run(self) -> None:
        """From a backfill's page to the page of one of its runs."""
        self.page.get_by_role("tab", name="Runs").click()
        self.page.get_by_role("link", name=_RUN).first.click()
        self.page.wait_for_url("**/runs/*-*-*")

    def pick_partition(self, day: str, exchange: str) -> None:
        """Click a day and an exchange in the partition grid."""
        for name in (day, exchange):
            self.page.get_by_text(name, exact=True).first.click()
        self.see(f"{day}|{exchange}")

    def metadata(self, name: str) -> str:
        """The value beside a name in the table of metadata."""
        cells = self.page.get_by_role("row").filter(
            has=self.page.get_by_role("cell", name=name, exact=True)
        )
        return cells.get_by_role("cell").nth(1).inner_text().strip()

    def open_chart(self) -> tuple[str, int, int]:
        """Open the picture among the metadata: its kind of address, width and height in pixels."""
        self.page.get_by_text("Show Markdown").click()
        chart = self.page.get_by_role("dialog").locator("img")
        expect(chart).to_be_visible()
        source, width, height = chart.evaluate("e => [e.src, e.naturalWidth, e.naturalHeight]")
        return str(source).partition(",")[0], int(width), int(height)

    def see_switched_on(self, *schedules: str) -> None:
        """On the page of automations, wait for these schedules, each switched on."""
        self.page.get_by_role("link", name="Automation").click()
        self.see(*schedules)
        # The boxes that select rows are checkboxes too, and nothing is selected.
        switches = self.page.get_by_role("checkbox", checked=True)
        expect(switches).to_have_count(len(schedules))


@contextmanager
def browser(address: str, pictures: Path) -> Iterator[Walk]:
    """A window of chromium on the UI at this address."""
    pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        page = chromium.new_page(viewport={"width": 1440, "height": 1000}, timezone_id="UTC")
        page.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        try:
            yield Walk(page, address, pictures)
        except BaseException:
            page.screenshot(path=pictures / "failed.png")
            raise
        finally:
            chromium.close()
