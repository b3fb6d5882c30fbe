"""Plans that many kinds of nodes share: parts by their field, in roles of their own and in the order of evaluation."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from foundry_git.source.treesitter.grammar import Plan, Step, Visit
from foundry_git.source.treesitter.tree import Node


def by_field(roles: Mapping[str, str], last: Collection[str] = ()) -> Plan:
    """Make a plan: the parts of some fields have roles of their own; those of the fields ``last`` come after all others.

    ``by_field({"name": BIND}, last=("name",))`` reads ``name = value`` as a language does: the value does not know the name yet.
    """

    def plan(node: Node, role: str) -> list[Step]:
        parts = sorted(node.parts, key=lambda part: part.field in last) if last else node.parts
        return [Visit(part, roles.get(part.field, role)) for part in parts]

    return plan
