"""Who may read: rights on the old schema and its tables are given again on the new ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

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


@dataclass(frozen=True, slots=True)
class Reader:
    """A role, or everybody."""

    role: str
    is_everybody: bool

    def written(self) -> sql.Composable:
        return sql.SQL("public") if self.is_everybody else sql.Identifier(self.role)


class Grants:
    """Notes who may use a schema and read its tables, and says it again for another schema."""

    def __init__(self, server: psycopg.Connection) -> None:
        self.server = server
        self.of_schema: list[Reader] = []
        self.of_tables: list[tuple[str, Reader]] = []

    def note(self, schema: str, tables: Sequence[str]) -> None:
        """Note the rights; who may read every table so far may read a table that is new."""
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

    def replay(self, schema: str) -> None:
        """Give the noted rights on a schema and its tables."""
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

    def _rows(self, query: str, schema: str) -> list[tuple]:
        return self.server.execute(query, [schema]).fetchall()
