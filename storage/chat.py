"""Chat messages: added and read, never changed."""

from __future__ import annotations

from sqlalchemy import select

from inspect_server.domain.chat import ChatMessage
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.chat import chat_messages


async def add_once(tx: Transaction, message: ChatMessage) -> tuple[ChatMessage, bool]:
    """The message of this id: stored with these values, or the one that is there already.

    Returns:
        The stored message, and whether this call stored it.
    """
    values = values_of(message, chat_messages)
    created = await tx.execute(insert_or_skip(tx, chat_messages, values).returning(chat_messages.c.id))
    if created.scalar_one_or_none() is not None:
        return message, True
    rows = await tx.execute(select(chat_messages).where(chat_messages.c.id == message.id))
    return ChatMessage(**rows.mappings().one()), False


async def newest_of(tx: Transaction, inspection_id: str, *, limit: int) -> list[ChatMessage]:
    """The last ``limit`` messages of an inspection, in order of time."""
    rows = await tx.execute(
        select(chat_messages)
        .where(chat_messages.c.inspection_id == inspection_id)
        .order_by(chat_messages.c.sent_at.desc(), chat_messages.c.id.desc())
        .limit(limit)
    )
    return [ChatMessage(**row) for row in rows.mappings()][::-1]
