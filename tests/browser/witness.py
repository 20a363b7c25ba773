"""A page, and what it did that none of ours may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

INERT = ("data:", "blob:", "about:")
_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', "
    "(event) => console.error('CSP:', event.violatedDirective, event.blockedURI, event.sample))"
)
HELD_S = 30.0
"""Until something that a test waits for is there."""


@dataclass(slots=True)
class Witness:
    """Opens addresses, each in a context of its own, and remembers what is wrong with what they do.

    A page may load the files of its own folder, or what its own loopback server gives, and nothing else.
    """

    browser: Browser
    offences: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def visit(
        self,
        where: Path | str,
        route: str = "",
        *,
        width: int = 1200,
        height: int = 900,
        dark: bool = False,
        scripts: bool = True,
        calm: bool = False,
        scale: float = 1.0,
    ) -> Page:
        """A new page of a file, or of a URL, at `route` (`#cells`). `calm`: whoever looks wants no motion."""
        url = where.resolve().as_uri() if isinstance(where, Path) else where
        self.allowed.append(url.rpartition("/")[0] + "/")
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce" if calm else "no-preference",
            device_scale_factor=scale,
            locale="en-GB",
        )
        context.set_default_timeout(1000 * HELD_S)
        self.contexts.append(context)
        if scripts:
            context.add_init_script(_VIOLATIONS)
        self._listen(context)
        page = context.new_page()
        page.goto(url + route, wait_until="load")
        return page

    def _listen(self, context: BrowserContext) -> None:
        see = self.offences.append

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                see(f"console: {message.text}")

        def asked(request: Request) -> None:
            if not request.url.startswith((*INERT, *self.allowed)):
                see(f"request: {request.url:.200}")

        def stopped(dialog: Dialog) -> None:
            see(f"dialog: {dialog.message}")
            dialog.dismiss()

        def opened(page: Page) -> None:
            if page is not context.pages[0]:
                see(f"a window opened: {page.url:.200}")
            page.on("download", lambda download: see(f"a download: {download.url:.200}"))

        context.on("console", said)
        context.on("weberror", lambda error: see(f"uncaught: {error.error}"))
        context.on("request", asked)
        context.on("requestfailed", lambda request: see(f"failed: {request.url:.200} {request.failure}"))
        context.on("dialog", stopped)
        context.on("page", opened)

    def end(self) -> Sequence[str]:
        """Closes all pages; gives what they did."""
        for context in self.contexts:
            for page in context.pages:
                if page.evaluate("window.hacked") is not None:
                    self.offences.append("what was to be shown was executed")
            context.close()
        self.contexts.clear()
        return self.offences


@contextmanager
def witnessed(browser: Browser) -> Iterator[Witness]:
    """A witness whose pages are closed afterwards, and must have done nothing wrong: `AssertionError` says what they did."""
    witness = Witness(browser)
    try:
        yield witness
    finally:
        offences = witness.end()
    assert not offences, "\n".join(offences)
