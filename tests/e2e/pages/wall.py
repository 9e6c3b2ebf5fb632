"""A video wall as somebody else would build it: a page of another origin that watches by WHEP, in some twenty lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Locator, Page

PAGE = """<!doctype html><title>wall</title><video autoplay muted playsinline style="width:640px;height:360px"></video>
<script>
async function watch(url, token) {
  const pc = new RTCPeerConnection(), stream = new MediaStream(), found = [];
  document.querySelector("video").srcObject = stream;
  pc.ontrack = ({ track }) => stream.addTrack(track);
  pc.onicecandidate = ({ candidate }) => candidate && found.push(candidate.candidate);
  for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "recvonly" });
  await pc.setLocalDescription(await pc.createOffer());
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(url, {
    method: "POST", headers: { ...headers, "Content-Type": "application/sdp" }, body: pc.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  window.session = new URL(answer.headers.get("Location"), url).href;
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  const ufrag = pc.localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1].trim();
  const lines = [`a=ice-ufrag:${ufrag}`, "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", ...found.map((c) => `a=${c}`)];
  const trickled = await fetch(window.session, {
    method: "PATCH", body: lines.join("\\r\\n") + "\\r\\n",
    headers: { ...headers, "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": answer.headers.get("ETag") },
  });
  window.leave = async () => {
    const { status } = await fetch(window.session, { method: "DELETE", headers });
    pc.close();
    return status;
  };
  return trickled.status;
}
</script>"""


class Wall:
    """One wall on this page, which its own small server serves."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    @asynccontextmanager
    async def on(cls, page: Page) -> AsyncIterator[Self]:
        """Serve the page and open it."""

        async def respond(_: web.Request) -> web.Response:
            return web.Response(text=PAGE, content_type="text/html")

        application = web.Application()
        application.router.add_get("/", respond)
        async with TestServer(application) as server:
            await page.goto(str(server.make_url("/")))
            yield cls(page)

    async def watch(self, url: str, token: str) -> int:
        """Ask for the picture; returns what the server said to the candidates that came later."""
        status: int = await self.page.evaluate("([url, token]) => watch(url, token)", [url, token])
        return status

    async def leave(self) -> int:
        """Hang up; the status of that."""
        status: int = await self.page.evaluate("() => leave()")
        return status

    def video(self) -> Locator:
        return self.page.locator("video")
