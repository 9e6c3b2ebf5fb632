"""The registered site, where people are, and live challenges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inspect_server.api.schemas import site as schemas
from inspect_server.domain.challenges import Challenge, Task
from inspect_server.domain.whereabouts import Report, Site, whereabouts
from inspect_server.services.inviting import qr_svg


def registered_site(site: Site | None) -> schemas.RegisteredSite:
    """Where it is, if anybody said."""
    return schemas.RegisteredSite(site=_site(site))


def whereabouts_of_inspection(
    site: Site | None, reports: Iterable[Report], *, radius_m: float
) -> schemas.WhereaboutsOfInspection:
    """Everything that was reported, beside the site."""
    shown = []
    for report in reports:
        there = whereabouts(report, site, radius_m=radius_m)
        shown.append(
            schemas.ReportView(
                participant_id=report.participant_id,
                at=report.at,
                latitude=report.place.latitude,
                longitude=report.place.longitude,
                accuracy_m=report.accuracy_m,
                distance_m=there.distance_m,
                nearness=there.nearness,
            )
        )
    return schemas.WhereaboutsOfInspection(site=_site(site), radius_m=radius_m, reports=shown)


def challenge(found: Challenge) -> schemas.ChallengeView:
    """One live challenge."""
    return schemas.ChallengeView(
        id=found.id,
        participant_id=found.participant_id,
        task=found.task,
        code=found.code,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        expires_at=found.expires_at,
        outcome=found.outcome,
        ended_at=found.ended_at,
    )


def own_challenge(found: Challenge | None, now: datetime) -> schemas.OwnChallenge:
    """What was asked of a guest last, while it is open with its QR code for another screen."""
    return schemas.OwnChallenge(
        challenge=challenge(found) if found else None,
        qr_svg=qr_svg(found.code) if found is not None and found.is_open and found.task is Task.SHOW_QR else "",
        server_time=now,
    )


def _site(site: Site | None) -> schemas.SiteView | None:
    if site is None:
        return None
    return schemas.SiteView(
        latitude=site.place.latitude, longitude=site.place.longitude, given_in=site.given_in, set_at=site.set_at
    )
