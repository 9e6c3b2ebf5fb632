"""Shows a page in each of its languages, without a touch on it: all windows of a person speak the same one."""

from __future__ import annotations

from collections.abc import AsyncIterator

from playwright.async_api import Page

LANGUAGES = ("en", "zh-CN")
"""Those that it is switched to in turn; it ends with the one in which tests read."""


async def in_both_languages(page: Page) -> AsyncIterator[str]:
    """The page speaks the language that is given, and Chinese again in the end."""
    for language in LANGUAGES:
        await page.evaluate(SWITCH, language)
        await page.locator(f"html[lang={language}]").wait_for(state="attached")
        yield language


SWITCH = """(language) => {
  // As another window of the same person would.
  localStorage.setItem('inspect.language', language);
  window.dispatchEvent(new StorageEvent('storage', { key: 'inspect.language' }));
}"""
