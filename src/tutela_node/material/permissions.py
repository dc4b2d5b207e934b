"""Who may register material and who may look it up."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Permission, Role, allow

REGISTER = allow("material.register", _("Register items and fingerprints"), Role.SYSTEM)
SIGHT = allow("material.sight", _("Record where an item was seen"), STAFF, Role.SYSTEM)
MOVE = allow("material.move", _("Move an item on"), STAFF, Role.SYSTEM)
READ = allow("material.read", _("Read what is known of an item"), STAFF)
SEARCH = allow("material.search", _("Search items and addresses"), STAFF)

ALL: tuple[Permission, ...] = (REGISTER, SIGHT, MOVE, READ, SEARCH)
