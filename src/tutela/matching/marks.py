"""Columns of ids and groups: what the rows of an index carry beside their hashes.

Rules:
- ids are the caller's: whole numbers of 64 bits or text; one id may stand on several rows
- a group is the number of the list an entry belongs to, 0 to 65,535
- text is found through a 64-bit key; equal keys are compared in full, so a collision costs time only
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid

Id = int | str
Keys = npt.NDArray[np.int64]
Groups = npt.NDArray[np.uint16]
Picked = npt.NDArray[np.integer] | slice

GROUPS = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marks:
    """Row i has the id keys[i], or names[i] where there is text among the ids, and groups[i]."""

    keys: Keys
    groups: Groups
    names: list[Id] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def ids(self, rows: npt.NDArray[np.integer]) -> list[Id]:
        """The ids on `rows`, in their order."""
        if self.names is None:
            return list(self.keys[rows].tolist())
        return [self.names[row] for row in rows.tolist()]

    def all_ids(self) -> list[Id]:
        return list(self.keys.tolist()) if self.names is None else self.names

    def pick(self, rows: npt.NDArray[np.integer]) -> "Marks":
        names = None if self.names is None else [self.names[row] for row in rows.tolist()]
        return Marks(keys=self.keys[rows], groups=self.groups[rows], names=names)


def marked(ids: Sequence[Id] | Keys, group: int = 0) -> Marks:
    """`ids`, all of one group. Raises Invalid for a number beyond 64 bits and a group beyond 16."""
    groups = np.full(len(ids), group_number(group), dtype=np.uint16)
    if isinstance(ids, np.ndarray):
        if not np.can_cast(ids.dtype, np.int64):
            raise Invalid(f"ids of the type {ids.dtype}; use whole numbers of 64 bits with sign", place="ids")
        return Marks(keys=ids.astype(np.int64), groups=groups)
    keys = keys_of(ids)
    return Marks(keys=keys, groups=groups, names=None if _are_numbers(ids) else list(ids))


def keys_of(ids: Sequence[Id]) -> Keys:
    """One 64-bit key for each id: the number itself, or a hash of the text. Raises Invalid."""
    try:
        if _are_numbers(ids):
            return np.array(ids, dtype=np.int64)
        return np.array([each if isinstance(each, int) else hash(each) for each in ids], dtype=np.int64)
    except OverflowError:
        raise Invalid("a number as id must fit 64 bits with sign; use text for longer ones", place="id") from None


def _are_numbers(ids: Sequence[Id]) -> bool:
    return all(issubclass(kind, int | np.integer) for kind in set(map(type, ids)))


def group_number(group: int) -> int:
    """`group` if it is one. Raises Invalid."""
    if not 0 <= group < GROUPS:
        raise Invalid(f"{group} is no group; use 0 to {GROUPS - 1}", place="group")
    return group


def joined(parts: Iterable[Marks]) -> Marks:
    """One after the other."""
    kept = list(parts)
    names: list[Id] | None = None
    if any(each.names is not None for each in kept):
        names = [name for each in kept for name in each.all_ids()]
    keys = np.concatenate([np.empty(0, np.int64), *(each.keys for each in kept)])
    groups = np.concatenate([np.empty(0, np.uint16), *(each.groups for each in kept)])
    return Marks(keys=keys, groups=groups, names=names)
