"""A second department in the office, and cases of one enterprise in both."""

from dataclasses import dataclass

from inspect_server.domain.inspections import InspectionKind
from inspect_server.domain.people import Role
from inspect_server.services import cases, inspecting, staffing
from inspect_server.services.context import Actor
from inspect_server.services.inspecting import InspectionFile
from tests.services.office import ADDRESS, PASSWORD, Office

CREDIT_CODE = "91370100MA3C0000XJ"


@dataclass
class JointOffice:
    """``fire``: an inspector of the second department; ``city``: one above both."""

    office: Office
    fire: Actor
    city: Actor
    food_case: str
    fire_case: str

    async def open(self, by: Actor | None = None, *further: str) -> InspectionFile:
        """An inspection on the first department's case."""
        return await inspecting.open_inspection(
            self.office.context,
            by or self.office.inspector,
            self.food_case,
            InspectionKind.INITIAL,
            further_case_ids=further,
        )


async def open_joint_office(office: Office) -> JointOffice:
    """Set the second department up through the services."""
    section = await staffing.add_organisation(office.context, name="消防科", parent_id=office.city.id)
    fire = await _inspector(office, section.id, "fire")
    city = await _inspector(office, office.city.id, "city")
    return JointOffice(office, fire, city, await case_of(office, office.inspector), await case_of(office, fire))


async def case_of(office: Office, by: Actor, credit_code: str = CREDIT_CODE) -> str:
    draft = cases.CaseDraft(office.permit_item.permit_item_id, "星河影院", credit_code=credit_code)
    return (await cases.open_case(office.context, by, draft)).case.id


async def _inspector(office: Office, organisation_id: str, name: str) -> Actor:
    user = await staffing.add_user(
        office.context,
        None,
        organisation_id=organisation_id,
        sign_in_name=name,
        display_name=f"{name} 女士",
        roles=frozenset({Role.INSPECTOR}),
        password=PASSWORD,
    )
    return Actor(user, ADDRESS)
