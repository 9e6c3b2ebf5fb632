"""Demo data: a made-up office with people, permit items and cases, so that a newcomer has something to inspect.

The passwords are printed at every start and stand in the repository on purpose: load this into no real installation.
Loading it again changes nothing that is there already.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from inspect_server.domain.cases import Case, CaseStatus, Enterprise
from inspect_server.domain.catalogue import ChecklistItem, Example, PermitItemVersion, RemoteJudgement, Severity
from inspect_server.domain.geometry import Datum, Place
from inspect_server.domain.people import Role
from inspect_server.domain.whereabouts import Site
from inspect_server.services.auditing import SYSTEM
from inspect_server.services.context import ServiceContext
from inspect_server.services.staffing import add_organisation, add_user
from storage import cases, catalogue, people, whereabouts
from storage.engine import Transaction

NUMBER_SERIES: Final = "demo"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as."""

    sign_in_name: str
    password: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What there is to try."""

    accounts: tuple[DemoAccount, ...]


async def load_demo(context: ServiceContext) -> DemoResult:
    """Add whatever of the demo data is missing; returns the accounts.

    Raises:
        StorageUnavailable: the database does not answer.
    """
    office, items = _read("office.toml"), _read("catalogue.toml")["item"]
    await _load_organisations(context, office["organisation"])
    for account in office["account"]:
        await _load_account(context, account)
    async with context.database.transaction() as tx:
        for item in items:
            if await catalogue.newest_version(tx, item["id"]) is None:
                await catalogue.add_version(tx, _version(context, item))
        # The first one in the file is the newest: it stands on top of the list.
        for case in reversed(office["case"]):
            await _load_case(context, tx, case)
    accounts = (DemoAccount(a["sign_in_name"], a["password"], tuple(a["roles"])) for a in office["account"])
    return DemoResult(tuple(accounts))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


async def _load_organisations(context: ServiceContext, wanted: list[dict[str, str]]) -> None:
    async with context.database.reading() as tx:
        known = {organisation.id for organisation in await people.organisations_within(tx, "/")}
    for organisation in wanted:
        if organisation["id"] not in known:
            await add_organisation(
                context,
                name=organisation["name"],
                parent_id=organisation.get("parent"),
                organisation_id=organisation["id"],
            )


async def _load_account(context: ServiceContext, account: dict[str, Any]) -> None:
    async with context.database.reading() as tx:
        if await people.credentials(tx, account["sign_in_name"]) is not None:
            return
    await add_user(
        context,
        None,
        organisation_id=account["organisation"],
        sign_in_name=account["sign_in_name"],
        display_name=account["display_name"],
        roles=frozenset(Role(role) for role in account["roles"]),
        password=account["password"],
        certificate_number=account["certificate_number"],
    )


def _version(context: ServiceContext, item: dict[str, Any]) -> PermitItemVersion:
    return PermitItemVersion(
        id=context.new_id(),
        permit_item_id=item["id"],
        number=1,
        code=item["code"],
        name=item["name"],
        department=item["department"],
        is_sample=True,
        published_at=context.now(),
        checklist=tuple(
            ChecklistItem(
                id=context.new_id(),
                position=position,
                area=point["area"],
                text=point["text"],
                show=point["show"],
                severity=Severity(point["severity"]),
                required=point.get("required", True),
                remote=RemoteJudgement(point.get("remote", "possible")),
                why_not_remote=point.get("why_not_remote", ""),
                prepare=point.get("prepare", ""),
                example=Example(point["example"]) if "example" in point else None,
            )
            for position, point in enumerate(item["points"], start=1)
        ),
    )


async def _load_case(context: ServiceContext, tx: Transaction, wanted: dict[str, Any]) -> None:
    if await cases.case_by_external_id(tx, wanted["external_id"]) is not None:
        return
    version = await catalogue.newest_version(tx, wanted["item"])
    organisation = await people.organisation(tx, wanted["organisation"])
    if version is None or organisation is None:
        raise LookupError(f"demo case {wanted['external_id']} names something that is not in the demo data")
    enterprise = Enterprise(id=context.new_id(), **wanted["enterprise"])
    await cases.add_enterprise(tx, enterprise)
    place = Place(**wanted["site"])
    await whereabouts.set_site(tx, Site(enterprise.id, place, Datum.WGS_84, SYSTEM, context.now()))
    await cases.add_case(
        tx,
        Case(
            id=context.new_id(),
            number=f"YK-DEMO-{await cases.next_serial(tx, NUMBER_SERIES):04d}",
            external_id=wanted["external_id"],
            organisation_id=organisation.id,
            organisation_path=organisation.path,
            enterprise_id=enterprise.id,
            permit_item_version_id=version.id,
            status=CaseStatus.OPEN,
            created_at=context.now(),
        ),
    )
