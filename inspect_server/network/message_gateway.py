"""One-time codes through the HTTP interface of a message gateway (短信网关)."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Final

import aiohttp

from inspect_server.domain.errors import MessageNotSent

logger = logging.getLogger(__name__)

# A person waits for it with the phone in the hand.
TRY_TIMEOUT_S: Final = 5.0
PAUSES_S: Final = (0.5, 1.5)
_TEXT: Final = "【云勘验】验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"


class MessageGateway:
    """Posts ``{"phone", "code", "text"}`` as JSON; ``token`` goes as bearer token. Any 2xx means that it was taken.

    No answer and 5xx are tried again twice, with the same ``Idempotency-Key``; 4xx are not.
    """

    def __init__(self, url: str, token: str, *, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
        self._url = url
        self._token = token
        self._pauses_s = pauses_s

    async def send_code(self, phone: str, code: str, *, valid_minutes: int) -> str | None:
        """See ``services.notifying.Notifier``.

        Raises:
            MessageNotSent: the gateway refused, or did not answer; ``params["reason"]``.
        """
        message = {"phone": phone, "code": code, "text": _TEXT.format(code=code, minutes=valid_minutes)}
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        reason = ""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TRY_TIMEOUT_S)) as client:
            for pause_s in (*self._pauses_s, None):
                reason, may_try_again = await self._try(client, message, headers)
                if not reason:
                    return None
                if not may_try_again or pause_s is None:
                    break
                await asyncio.sleep(pause_s)
        logger.warning("the message gateway did not take a code: %s", reason)
        raise MessageNotSent(reason=reason)

    async def _try(
        self, client: aiohttp.ClientSession, message: dict[str, str], headers: dict[str, str]
    ) -> tuple[str, bool]:
        """Why it was not taken, empty if it was, and whether to try again."""
        try:
            async with client.post(self._url, json=message, headers=headers, allow_redirects=False) as answer:
                if 200 <= answer.status < 300:
                    return "", False
                return f"HTTP {answer.status}", answer.status >= 500
        except TimeoutError:
            return "no answer in time", True
        except aiohttp.ClientError as error:
            return type(error).__name__, True
