"""Asks axe-core what a person with a screen reader, a keyboard or weak eyes would stumble over."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  // What fades in or out is judged when it is there or gone.
  const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(passing.map((animation) => animation.finished));
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => [node.html, node.failureSummary]) }));
}"""


async def serious_findings(page: Page) -> list[dict[str, Any]]:
    """The serious and critical ones, each with the elements concerned; empty is good."""
    await page.evaluate(await asyncio.to_thread(AXE.read_text))
    findings: list[dict[str, Any]] = await page.evaluate(RUN)
    return findings
