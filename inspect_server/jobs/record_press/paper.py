"""From a record to what stands on its paper: everything in words, times in the office's zone."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, Final

from inspect_server.services.printing import PrintJob

MAX_PICTURES: Final = 40
"""More are listed with their hashes, and looked at in the case."""


def paper(job: PrintJob, zone: tzinfo, pictures: dict[str, str], signatures: dict[str, str]) -> dict[str, Any]:
    """What the template reads.

    Args:
        job: the record.
        zone: in which times are told.
        pictures: file names by evidence id; those that could not be printed are missing.
        signatures: file names by answer id.
    """
    told = _told(job.content, zone)
    for piece in told["evidence"]:
        piece["file"] = pictures.get(piece["id"], "")
    answers = [
        {
            "side": each.side.value,
            "kind": each.kind.value,
            "signer_name": each.signer_name,
            "certificate_number": each.certificate_number,
            "reason": each.reason,
            "objection": each.objection,
            "answered_at": _moment(each.answered_at, zone),
            "noted_by_office": each.is_noted,
            "file": signatures.get(each.id, ""),
        }
        for each in job.answers
    ]
    return {
        "content": told,
        "state": job.record.state.value,
        "hash_alg": job.record.hash_alg,
        "sha256": job.record.sha256,
        "settled_at": _moment(job.record.settled_at, zone) if job.record.settled_at else "",
        "zone": _zone_name(job, zone),
        "answers": answers,
    }


def _told(value: Any, zone: tzinfo, key: str = "") -> Any:
    """Every ``…_at`` as people read it; everything else as it is."""
    if isinstance(value, dict):
        return {name: _told(each, zone, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_told(each, zone) for each in value]
    if key.endswith("_at") and isinstance(value, str):
        return _moment(datetime.fromisoformat(value), zone)
    return value


def _moment(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _zone_name(job: PrintJob, zone: tzinfo) -> str:
    offset = (job.record.settled_at or job.record.made_at).astimezone(zone).strftime("%z")
    return f"{job.content['time_zone']} (UTC{offset[:3]}:{offset[3:5]})"
