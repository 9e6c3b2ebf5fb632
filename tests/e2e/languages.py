"""Shows a page in each of its languages, without a touch on it: all windows of a person speak the same one."""

from __future__ import annotations

from collections.abc import AsyncIterator

from playwright.async_api import Page

LANGUAGES = ("en", "zh-CN")
"""Those that a page can be switched to."""


async def in_both_languages(page: Page) -> AsyncIterator[str]:
    """The page speaks the language that is given, and in the end the one that it spoke before."""
    spoken = await page.evaluate("document.documentElement.lang")
    for language in sorted(LANGUAGES, key=lambda one: one == spoken):
        await page.evaluate(SWITCH, language)
        await page.locator(f"html[lang={language}]").wait_for(state="attached")
        yield language


SWITCH = """(language) => {
  // As another window of the same person would.
  localStorage.setItem('inspect.language', language);
  window.dispatchEvent(new StorageEvent('storage', { key: 'inspect.language' }));
}"""
