"""The change of schemas: readers see all of the old tables or all of the new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from psycopg import sql

from orchestration.console import say
from pipelines.errors import HomeLockedError, UsageError

MARK = "Written by funnel publish; replaced whole each time."
LONGEST_WAIT = "10s"

DEPENDENTS = """
select distinct view.relnamespace::regnamespace || '.' || view.relname
from pg_depend as dependency
inner join pg_rewrite as rule on dependency.objid = rule.oid
inner join pg_class as view on rule.ev_class = view.oid
inner join pg_class as used on dependency.refobjid = used.oid
where
    dependency.classid = 'pg_rewrite'::regclass
    and dependency.refclassid = 'pg_class'::regclass
    and used.relnamespace = %s::regnamespace
    and view.oid <> used.oid
order by 1
"""
OLD = """
select nspname
from pg_namespace
where starts_with(nspname, %s) and obj_description(oid, 'pg_namespace') = %s
order by 1
"""
# grantee 0 is everybody; the owner's own rights come with the new tables
ON_SCHEMA = """
select distinct coalesce(role.rolname, 'public'), acl.grantee = 0
from pg_namespace as schema
cross join lateral aclexplode(schema.nspacl) as acl
left join pg_roles as role on acl.grantee = role.oid
where
    schema.nspname = %s
    and acl.privilege_type = 'USAGE'
    and acl.grantee <> schema.nspowner
order by 1
"""
ON_TABLES = """
select distinct relation.relname, coalesce(role.rolname, 'public'), acl.grantee = 0
from pg_class as relation
inner join pg_namespace as schema on relation.relnamespace = schema.oid
cross join lateral aclexplode(relation.relacl) as acl
left join pg_roles as role on acl.grantee = role.oid
where
    schema.nspname = %s
    and relation.relkind = 'r'
    and acl.privilege_type = 'SELECT'
    and acl.grantee <> relation.relowner
order by 1, 2
"""
TABLES = """
select relation.relname
from pg_class as relation
inner join pg_namespace as schema on relation.relnamespace = schema.oid
where schema.nspname = %s and relation.relkind = 'r'
"""


class Swap:
    """Replaces one schema by a fresh one, on one connection."""

    def __init__(self, server: psycopg.Connection, schema: str) -> None:
        self.server = server
        self.schema = schema
        self.fresh = f"{schema}__next"
        self.grants = Grants(server)

    def lock(self) -> None:
        """Keep other publications to this schema away until the connection ends."""
        taken = self.server.execute(
            "select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"funnel {self.schema}"]
        ).fetchone()
        if taken != (True,):
            raise HomeLockedError(f"another publication to schema {self.schema} is running")

    def begin(self, tables: Sequence[str]) -> None:
        """Make the fresh schema; refuses to replace what is not this command's own."""
        self._check_own()
        self._check_dependents()
        if self._comment(self.fresh) is not None:
            raise UsageError(f"schema {self.fresh} is needed for the swap, but it exists")
        self.server.execute(sql.SQL("create schema {}").format(sql.Identifier(self.fresh)))
        self._mark(self.fresh)
        self.grants.read(self.schema, tables)

    def take_over(self) -> None:
        """Rename both schemas; the surrounding transaction makes it one change for readers."""
        # again, since loading takes time
        self._check_dependents()
        self.grants.apply(self.fresh)
        if self._exists():
            self._mark(self.schema)
            self._rename(self.schema, self._free_name())
        self._rename(self.fresh, self.schema)

    def drop_old(self) -> None:
        """Drop the tables before; a query that still reads them keeps them until the next time.

        Not part of the swap: waiting for such a query would hold up every new reader.
        """
        for schema in self._old():
            try:
                with self.server.transaction():
                    self.server.execute(f"set local lock_timeout = '{LONGEST_WAIT}'")
                    self.server.execute(
                        sql.SQL("drop schema {} cascade").format(sql.Identifier(schema))
                    )
            except psycopg.errors.LockNotAvailable:
                say(f"schema {schema} is still being read; the next publication drops it")

    def _old(self) -> list[str]:
        rows = self.server.execute(OLD, [f"{self.schema}__old_", MARK]).fetchall()
        return [name for (name,) in rows]

    def _free_name(self) -> str:
        names = (f"{self.schema}__old_{number}" for number in count(1))
        return next(name for name in names if self._comment(name) is None)

    def _exists(self) -> bool:
        return self._comment(self.schema) is not None

    def _comment(self, schema: str) -> tuple[str | None] | None:
        """A row with the schema's comment, or no row if there is no such schema."""
        return self.server.execute(
            "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s",
            [schema],
        ).fetchone()

    def _check_own(self) -> None:
        if self._comment(self.schema) in (None, (MARK,)):
            return
        # an empty schema is what an administrator makes to hand out rights beforehand
        content = self.server.execute(
            "select count(*) from pg_class where relnamespace = %s::regnamespace", [self._name()]
        ).fetchone()
        if content != (0,):
            raise UsageError(
                f"schema {self.schema} holds tables that funnel publish did not write;"
                " name another one with ?schema=NAME"
            )

    def _check_dependents(self) -> None:
        if not self._exists():
            return
        rows = self.server.execute(DEPENDENTS, [self._name()]).fetchall()
        if rows:
            raise UsageError(
                f"{', '.join(view for (view,) in rows)} would go on reading the old tables of"
                f" {self.schema}; drop these views and create them again after publishing"
            )

    def _name(self) -> str:
        return sql.Identifier(self.schema).as_string(self.server)

    def _mark(self, schema: str) -> None:
        self.server.execute(
            sql.SQL("comment on schema {} is {}").format(sql.Identifier(schema), sql.Literal(MARK))
        )

    def _rename(self, schema: str, name: str) -> None:
        self.server.execute(
            sql.SQL("alter schema {} rename to {}").format(
                sql.Identifier(schema), sql.Identifier(name)
            )
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """A role, or everybody."""

    role: str
    is_everybody: bool

    def written(self) -> sql.Composable:
        return sql.SQL("public") if self.is_everybody else sql.Identifier(self.role)


class Grants:
    """Reads who may use a schema and its tables, and grants the same on another schema."""

    def __init__(self, server: psycopg.Connection) -> None:
        self.server = server
        self.of_schema: list[Reader] = []
        self.of_tables: list[tuple[str, Reader]] = []

    def read(self, schema: str, tables: Sequence[str]) -> None:
        """Read the grants; a role that may read every table so far may read new ones too."""
        self.of_schema = [Reader(*row) for row in self._rows(ON_SCHEMA, schema)]
        before = {table for (table,) in self._rows(TABLES, schema)}
        readable: dict[Reader, set[str]] = {}
        for table, role, is_everybody in self._rows(ON_TABLES, schema):
            readable.setdefault(Reader(role, is_everybody), set()).add(table)
        self.of_tables = [
            (table, reader)
            for reader, allowed in readable.items()
            for table in tables
            if table in allowed or (table not in before and allowed == before)
        ]

    def apply(self, schema: str) -> None:
        """Grant the rights that were read on a schema and its tables."""
        for reader in self.of_schema:
            self.server.execute(
                sql.SQL("grant usage on schema {} to {}").format(
                    sql.Identifier(schema), reader.written()
                )
            )
        for table, reader in self.of_tables:
            self.server.execute(
                sql.SQL("grant select on {} to {}").format(
                    sql.Identifier(schema, table), reader.written()
                )
            )

    def _rows(self, query: str, schema: str) -> list[tuple[Any, ...]]:
        return self.server.execute(query, [schema]).fetchall()
