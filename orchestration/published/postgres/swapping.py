"""The change of schemas: readers see all of the old tables or all of the new ones."""

from collections.abc import Sequence
from itertools import count

import psycopg
from psycopg import sql

from orchestration.console import say
from orchestration.published.postgres.grants import Grants
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
        self.grants.note(self.schema, tables)

    def take_over(self) -> None:
        """Rename both schemas; the surrounding transaction makes it one change for readers."""
        # once more, for loading takes its time
        self._check_dependents()
        self.grants.replay(self.fresh)
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
