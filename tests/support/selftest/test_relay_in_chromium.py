"""A real page's WebRTC goes through the relay and nowhere else; aiortc stands for the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from aiortc import RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from playwright.async_api import Route

from tests.support.chromium import Screen, launched, only_codecs, open_screen
from tests.support.clip import ClipSpec, make_clip
from tests.support.relay import Conditions, Relay

pytestmark = pytest.mark.e2e

PAGE = "http://127.0.0.1:9/"
OFFER = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
  window.pc = new RTCPeerConnection();
  window.pc.addTransceiver(stream.getVideoTracks()[0], { direction: 'sendonly' });
  window.channel = window.pc.createDataChannel('test');
  window.answers = [];
  window.channel.onmessage = ({ data }) => window.answers.push(data);
  await window.pc.setLocalDescription();
  await new Promise((done) => {
    window.pc.onicecandidate = ({ candidate }) => { if (!candidate) done(); };
  });
  return window.pc.localDescription.sdp;
}"""
ANSWER = "async (sdp) => window.pc.setRemoteDescription({ type: 'answer', sdp })"


@pytest.fixture(scope="session")
def camera(pytestconfig: pytest.Config) -> ClipSpec:
    return ClipSpec(source=4, frames=60, width=640, height=360)


@pytest_asyncio.fixture
async def screen(camera: ClipSpec, pytestconfig: pytest.Config) -> AsyncIterator[Screen]:
    assert pytestconfig.cache is not None
    clip = make_clip(camera, Path(pytestconfig.cache.mkdir("clips")))
    async with launched(clip) as browser:
        yield await open_screen(browser, "page", init_scripts=[only_codecs("VP8")])


@pytest_asyncio.fixture
async def server() -> AsyncIterator[RTCPeerConnection]:
    connection = RTCPeerConnection()

    @connection.on("datachannel")
    def answer(channel: RTCDataChannel) -> None:
        channel.on("message", lambda text: channel.send("re:" + text))

    yield connection
    await connection.close()


async def _empty_page(route: Route) -> None:
    await route.fulfill(body="<title>test</title>", content_type="text/html")


async def test_a_page_reaches_the_server_through_the_relay_only(screen: Screen, server: RTCPeerConnection) -> None:
    relay = Relay(up=Conditions(delay_ms=10), down=Conditions(delay_ms=10))
    await relay.attach(screen.context)
    await screen.page.route(PAGE, _empty_page)
    await screen.page.goto(PAGE)

    offer = await screen.page.evaluate(OFFER)
    assert "m=video" in offer
    assert "VP8" in offer
    assert "H264" not in offer
    assert all(line.split()[5] == "9" for line in offer.splitlines() if line.startswith("a=candidate:"))
    await server.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await server.setLocalDescription(await server.createAnswer())
    await screen.page.evaluate(ANSWER, server.localDescription.sdp)
    await screen.page.wait_for_function("window.channel.readyState === 'open'")

    await screen.page.evaluate("window.channel.send('one')")
    await screen.page.wait_for_function("window.answers.includes('re:one')")
    assert relay.up.carried > 10
    assert relay.down.carried > 10

    relay.set_down(True)
    swallowed = relay.up.dropped
    await screen.page.evaluate("window.channel.send('two')")
    await asyncio.sleep(1)
    assert "re:two" not in await screen.page.evaluate("window.answers")
    assert relay.up.dropped > swallowed
    relay.set_down(False)
    await screen.page.wait_for_function("window.answers.includes('re:two')")

    await screen.page.wait_for_function("window.__sent.length > 30")
    sent = await screen.page.evaluate("window.__sent")
    assert {stream for stream, *_ in sent} == {0}
    assert sent[0][2], "the first frame is a keyframe"
    assert sorted(wall_ms for *_, wall_ms in sent) == [wall_ms for *_, wall_ms in sent]
    steps = {later[1] - earlier[1] for earlier, later in pairwise(sent)}
    assert all(0 < step < 5 * 90_000 for step in steps), "RTP timestamps go forward at 90 kHz"
    assert screen.complaints == []
    relay.close()
