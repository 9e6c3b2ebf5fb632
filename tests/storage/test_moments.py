"""Times in the database: aware, UTC, exact to the microsecond, in order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy.exc import StatementError

from storage.engine import Database
from storage.tables.base import Utc

moments = Table("moments", MetaData(), Column("at", Utc), prefixes=["TEMPORARY"])

ZONES = st.integers(min_value=-14 * 60, max_value=14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
AWARE = st.datetimes(
    min_value=datetime.fromisoformat("1900-01-02"),
    max_value=datetime.fromisoformat("9000-01-01"),
    timezones=ZONES,
)


@given(written=st.lists(AWARE, min_size=1, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_times_come_back_as_they_were_in_utc_and_sorted(database: Database, written: list[datetime]) -> None:
    async with database.transaction() as tx:
        await tx.run_sync(moments.create)
        await tx.execute(moments.insert(), [{"at": moment} for moment in written])
        read = (await tx.execute(select(moments.c.at).order_by(moments.c.at))).scalars().all()
        await tx.run_sync(moments.drop)
    assert read == sorted(written)
    assert {moment.tzinfo for moment in read} == {UTC}


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run_sync(moments.create)
        with pytest.raises(StatementError, match="without its zone"):
            await tx.execute(moments.insert().values(at=datetime(2026, 11, 22)))  # noqa: DTZ001 - what is refused


async def test_a_missing_time_stays_missing(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run_sync(moments.create)
        await tx.execute(moments.insert().values(at=None))
        assert (await tx.execute(select(moments.c.at))).scalars().all() == [None]
