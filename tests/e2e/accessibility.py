"""Asks axe-core what a person with a screen reader, a keyboard or weak eyes would stumble over.

Held to WCAG 2.2, level AA, by every rule that axe has for it; ``target-size`` has to be called for by name. What axe
calls best practice is advice beyond that standard and is left out.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.e2e.languages import in_both_languages

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  // What fades in or out is judged when it is there or gone.
  const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(passing.map((animation) => animation.finished));
  const { violations } = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
  });
  return violations
    .map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => [node.html, node.failureSummary]) }));
}"""


async def hindrances(page: Page) -> list[dict[str, Any]]:
    """What hinders somebody on this page in one of its languages, with the elements concerned; empty is good."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(await asyncio.to_thread(AXE.read_text))
    return [
        {"language": language, **found}
        async for language in in_both_languages(page)
        for found in await page.evaluate(RUN)
    ]
