"""Who may do what, as data beside each room.

Rules:
- a room's `permissions.py` names each permission and the roles that hold it; nothing else grants anything
- every action starts with `require`; a refusal names the permission and never says whether the thing exists
- an actor carries the roles it holds now; a token carries scopes, which are permission names
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise

from tutela_node.foundation.errors import Forbidden


class Role(StrEnum):
    """What somebody is in the node. Roles are granted to a person for one organisation."""

    PUBLIC = "public"  # anybody, without an account
    PROVIDER = "provider"  # a service that reports or answers notices, by token
    ANALYST = "analyst"  # assesses, traces, notifies, proposes
    SENIOR = "senior"  # decides second: listings, packages, list imports
    POLICE = "police"  # asks for holds, receives packages
    AUDITOR = "auditor"  # reads the logs and figures, no material
    OPERATOR = "operator"  # keeps the node running: people, keys, settings
    SYSTEM = "system"  # the worker, acting for a journey


STAFF = frozenset({Role.ANALYST, Role.SENIOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """`name` is `<room>.<verb>`; `label` is what a person reads; `roles` hold it."""

    name: str
    label: str | Promise
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts: a person, a token, or the node itself."""

    id: UUID | None
    name: str
    roles: frozenset[Role]
    organisation: UUID | None = None
    scopes: frozenset[str] | None = None  # None: everything that the roles give

    def may(self, permission: Permission) -> bool:
        held = bool(self.roles & permission.roles)
        return held and (self.scopes is None or permission.name in self.scopes)


SYSTEM = Actor(id=None, name="system", roles=frozenset({Role.SYSTEM}))
PUBLIC = Actor(id=None, name="public", roles=frozenset({Role.PUBLIC}))


def require(actor: Actor, permission: Permission) -> None:
    """Raises Forbidden when the actor does not hold the permission."""
    if not actor.may(permission):
        raise Forbidden(f"this needs the permission “{permission.name}”", place=permission.name)


def person_of(actor: Actor) -> UUID:
    """The id of a person who acts; Forbidden for the node itself and for the public."""
    if actor.id is None:
        raise Forbidden("this is done by somebody who is signed in")
    return actor.id


def allow(name: str, label: str | Promise, *roles: Role | Iterable[Role]) -> Permission:
    """Declares a permission. The system holds every permission that a journey needs: name it explicitly."""
    flat: set[Role] = set()
    for role in roles:
        flat.update([role] if isinstance(role, Role) else role)
    return Permission(name=name, label=label, roles=frozenset(flat))
