"""Reads what the product stored, past its API: the index from the database, the bytes from the object store."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import boto3

from inspect_server.domain.footage import Epoch, Gap, Segment, Track
from storage import engine, footage, participants
from tests.support.archive import StoredSegment
from tests.support.seaweedfs import S3Access

ReadObject: TypeAlias = Callable[[str], Awaitable[bytes]]


@dataclasses.dataclass(frozen=True)
class TrackRecord:
    """Everything about one track."""

    track: Track
    participant_name: str
    epochs: list[Epoch]
    segments: list[StoredSegment]
    index: list[Segment]
    gaps: list[Gap]


def from_folder(folder: Path) -> ReadObject:
    return lambda key: asyncio.to_thread((folder / key).read_bytes)


def from_bucket(access: S3Access, prefix: str = "") -> ReadObject:
    client = boto3.client(
        "s3",
        endpoint_url=access.endpoint_url,
        region_name=access.region,
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
    )

    def read(key: str) -> bytes:
        data: bytes = client.get_object(Bucket=access.bucket, Key=prefix + key)["Body"].read()
        return data

    return lambda key: asyncio.to_thread(read, key)


async def tracks(database_url: str, inspection_id: str, read_object: ReadObject) -> list[TrackRecord]:
    """The records of all tracks of the inspection."""
    database = engine.connect(database_url)
    try:
        async with database.reading() as tx:
            names = {p.id: p.display_name for p in await participants.participants_of(tx, inspection_id)}
            found = [
                (
                    track,
                    await footage.epochs_of(tx, track.id),
                    await footage.segments_of(tx, track.id),
                    await footage.gaps_of_track(tx, track.id),
                )
                for track in await footage.tracks_of(tx, inspection_id)
            ]
    finally:
        await database.close()
    return [
        TrackRecord(
            track,
            names[track.participant_id],
            epochs,
            [await _with_bytes(s, read_object) for s in segments],
            segments,
            gaps,
        )
        for track, epochs, segments, gaps in found
    ]


async def _with_bytes(segment: Segment, read_object: ReadObject) -> StoredSegment:
    known = {f.name for f in dataclasses.fields(StoredSegment)} - {"data"}
    row = {name: value for name, value in dataclasses.asdict(segment).items() if name in known}
    stored = await read_object(segment.object_key)
    data = stored[segment.object_offset : segment.object_offset + segment.byte_length]
    return StoredSegment(**row, data=data)
