"""Classification schemes as dated data, and the directional maps between them.

Words: scheme, version, code, label, axis, map, catalogue.
Verbs: scheme, translate, read_catalogue, shipped.
Does not know: items, people, assessments, languages. Labels are short English message ids; nothing describes content.
"""

from tutela.taxonomy.catalogue import Catalogue, Direction
from tutela.taxonomy.loading import read_catalogue
from tutela.taxonomy.provided import scheme, shipped, shipped_texts, translate
from tutela.taxonomy.values import Axis, CannotMap, Code, Mapped, Scheme

__all__ = [
    "Axis",
    "CannotMap",
    "Catalogue",
    "Code",
    "Direction",
    "Mapped",
    "Scheme",
    "read_catalogue",
    "scheme",
    "shipped",
    "shipped_texts",
    "translate",
]
