"""Who a guest is: what they say of themselves, and how that was made sure of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inspect_server.domain.errors import BadRequest
from inspect_server.domain.evidence import Evidence, EvidenceKind


class IdentityMethod(StrEnum):
    """A code sent to their phone, a photo of the identity card beside the face, or the inspector looks in the call."""

    PHONE_CODE = "phone_code"
    PHOTO = "photo"
    IN_CALL = "in_call"


@dataclass(frozen=True, slots=True)
class Identity:
    """``job``: their role in the company (法定代表人, 店长, …); ``phone``: as they say, proved by ``PHONE_CODE`` only.

    ``acts_as_agent``: they act for the company by an authorisation (委托代理人). ``method`` None: not identified yet.
    ``evidence_id``: the photo.
    """

    participant_id: str
    job: str
    phone: str
    acts_as_agent: bool
    method: IdentityMethod | None
    identified_at: datetime | None
    evidence_id: str | None


@dataclass(frozen=True, slots=True)
class Consent:
    """Agreement to the recording: to which text, when, from where, on what. One for each time it was given."""

    id: str
    inspection_id: str
    participant_id: str
    text_version: str
    given_at: datetime
    address: str
    device: str


def identified_by_photo(identity: Identity, photo: Evidence | None, now: datetime) -> Identity:
    """The photo shows them.

    Raises:
        BadRequest: it is not their own, or no photo of that kind.
    """
    is_theirs = photo is not None and photo.author == f"participant:{identity.participant_id}"
    if photo is None or not is_theirs or photo.kind is not EvidenceKind.IDENTITY:
        raise BadRequest("This is no photo of the kind that is needed.", where="body", field="evidence_id")
    return replace(identity, method=IdentityMethod.PHOTO, identified_at=now, evidence_id=photo.id)


def identified_in_call(identity: Identity, now: datetime) -> Identity:
    """Nothing else worked: the inspector looks at the identity card in the call."""
    return replace(identity, method=IdentityMethod.IN_CALL, identified_at=now, evidence_id=None)
