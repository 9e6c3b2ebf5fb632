"""The demo data: complete, marked as samples, and loaded twice like once."""

from inspect_server.domain.catalogue import RemoteJudgement
from inspect_server.domain.geometry import Place, distance_m
from inspect_server.services import cases, catalogue, locating
from inspect_server.services.cases import CaseSearch
from inspect_server.services.context import Actor
from inspect_server.services.demo import load_demo
from inspect_server.services.signing_in import sign_in
from storage import people
from tests.services.office import ADDRESS, Office

ITEMS = {
    "食品经营许可（小餐饮）现场核查",
    "农作物种子生产经营许可（地址变更）",
    "公众聚集场所营业前消防检查",
    "公共场所卫生许可（宾馆）",
    "建筑垃圾运输车辆核查",
}


async def test_every_account_signs_in_and_each_role_is_there(office: Office) -> None:
    demo = await load_demo(office.context)
    roles: set[str] = set()
    for account in demo.accounts:
        _, signed_in = await sign_in(office.context, account.sign_in_name, account.password, address=ADDRESS)
        assert signed_in.user.roles == set(account.roles)
        roles |= set(account.roles)
    assert roles == {"administrator", "inspector", "reviewer"}


async def test_the_five_permit_items_say_what_to_show_and_what_cannot_be_judged_remotely(office: Office) -> None:
    await load_demo(office.context)
    versions = await catalogue.list_permit_items(office.context, office.inspector)
    samples = [version for version in versions if version.name in ITEMS]
    assert {version.name for version in samples} == ITEMS
    for version in samples:
        assert version.is_sample
        assert [point.position for point in version.checklist] == list(range(1, len(version.checklist) + 1))
        for point in version.checklist:
            assert point.text
            assert point.area
            assert point.show, f"{version.name}: {point.text}"
            assert bool(point.why_not_remote) == (point.remote is not RemoteJudgement.POSSIBLE), point.text
    impossible = [p for v in samples for p in v.checklist if p.remote is RemoteJudgement.IMPOSSIBLE]
    assert any("气味" in point.why_not_remote or "异味" in point.text for point in impossible)


async def test_loading_twice_changes_nothing(office: Office) -> None:
    first = await load_demo(office.context)
    async with office.context.database.reading() as tx:
        admin = await people.credentials(tx, first.accounts[0].sign_in_name)
        users = await people.users_within(tx, "/")
    assert admin is not None
    actor = Actor(admin.user, ADDRESS)
    before = await cases.list_cases(office.context, actor, CaseSearch())
    assert before.total >= 6
    assert await load_demo(office.context) == first
    assert await cases.list_cases(office.context, actor, CaseSearch()) == before
    async with office.context.database.reading() as tx:
        assert await people.users_within(tx, "/") == users


async def test_every_enterprise_has_its_site_in_one_region(office: Office) -> None:
    loaded = await load_demo(office.context)
    centre = Place(38.21, 104.63)
    async with office.context.database.reading() as tx:
        admin = await people.credentials(tx, loaded.accounts[0].sign_in_name)
    assert admin is not None
    actor = Actor(admin.user, ADDRESS)
    found = (await cases.list_cases(office.context, actor, CaseSearch())).listings
    demo = [case for case in found if case.number.startswith("YK-DEMO-")]
    sites = [await locating.show_site(office.context, actor, case.id) for case in demo]
    assert sites
    assert all(site is not None and distance_m(site.place, centre) < 20_000 for site in sites)
