"""Getting an installation ready: database, bucket, people, demo data."""

from collections.abc import Callable
from dataclasses import dataclass, field

from inspect_server import app
from inspect_server.cli.reach import page_origins
from inspect_server.cli.terminal import show_accounts
from inspect_server.domain.errors import BadRequest
from inspect_server.domain.people import Organisation, Role, User
from inspect_server.services import staffing
from inspect_server.services.context import ServiceContext
from inspect_server.services.demo import DemoResult, load_demo
from inspect_server.services.demo.first_call import FirstCall, prepare_first_call
from inspect_server.settings import Settings


@dataclass(frozen=True)
class NewUser:
    """What was typed for ``user add``. ``organisation``: a name or an id; None: the only root there is."""

    sign_in_name: str
    display_name: str
    password: str = field(repr=False)
    roles: frozenset[str]
    organisation: str | None
    certificate_number: str


async def migrate(settings: Settings) -> str:
    """Bring database and object store to this release's shape; returns the database's revision.

    Raises:
        ConfigurationError, StorageUnavailable: one of them cannot be reached, refuses us, or is of a newer release.
    """
    return await app.prepare_storage(settings, browser_origins=page_origins(settings))


async def add_user(settings: Settings, new: NewUser) -> tuple[User, str]:
    """Add the user; returns it with the name of its organisation.

    Raises:
        BadRequest, Conflict: nothing was changed.
        ConfigurationError, StorageUnavailable: see ``app.open_services``.
    """
    async with app.open_services(settings) as context:
        organisation = await _organisation(context, new.organisation)
        user = await staffing.add_user(
            context,
            None,
            organisation_id=organisation.id,
            sign_in_name=new.sign_in_name,
            display_name=new.display_name,
            roles=frozenset(Role(role) for role in new.roles),
            password=new.password,
            certificate_number=new.certificate_number,
        )
        return user, organisation.name


async def load_demo_data(settings: Settings) -> DemoResult:
    """Migrate, and load the demo data where it is not there yet.

    Raises:
        ConfigurationError, StorageUnavailable: see ``migrate``.
    """
    await migrate(settings)
    async with app.open_services(settings) as context:
        return await load_demo(context)


async def open_first_call(settings: Settings, link_base: Callable[[], str]) -> FirstCall:
    """A demo call that waits for the newcomer's phone; its link begins with ``link_base``."""
    async with app.open_services(settings, link_base=link_base) as context:
        return await prepare_first_call(context)


def show_demo(demo: DemoResult) -> None:
    """Print the accounts to sign in with."""
    show_accounts([(account.sign_in_name, account.password, ", ".join(account.roles)) for account in demo.accounts])


async def _organisation(context: ServiceContext, wanted: str | None) -> Organisation:
    known = await staffing.list_organisations(context)
    if not known:
        if wanted is None:
            raise BadRequest("there is no organisation yet; name the first one: --organisation NAME")
        return await staffing.add_organisation(context, name=wanted)
    found = (
        [one for one in known if wanted in (one.id, one.name)] if wanted else [one for one in known if _is_root(one)]
    )
    if len(found) != 1:
        names = ", ".join(f"{one.name} ({one.id})" for one in known)
        raise BadRequest(f"--organisation must name one of: {names}")
    return found[0]


def _is_root(organisation: Organisation) -> bool:
    return organisation.parent_id is None
