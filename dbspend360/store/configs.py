"""The table `app_configs` of SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Dialect, MetaData, Table, Text, TypeDecorator


class _Moment(TypeDecorator[datetime]):
    """In UTC: SQLite keeps no zone, and PostgreSQL answers in the server's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


CONFIGS = Table(
    "app_configs",
    MetaData(),
    Column("user_id", Text, primary_key=True),
    Column("config_key", Text, primary_key=True),
    Column("config_value", Text, nullable=False),
    Column("created_at", _Moment, nullable=False),
    Column("updated_at", _Moment, nullable=False),
)
