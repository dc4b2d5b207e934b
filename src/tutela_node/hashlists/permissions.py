"""Who may do what with hash lists."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Role, allow

IMPORT = allow("hashlists.import", _("Import a hash list"), Role.SENIOR, Role.OPERATOR)
ADMIT = allow("hashlists.admit", _("Admit the fingerprints of a verdict"), Role.SYSTEM)
WITHDRAW = allow("hashlists.withdraw", _("Withdraw an entry"), Role.SENIOR)
MATCH = allow("hashlists.match", _("Match an item against the lists"), Role.SYSTEM)
READ = allow(
    "hashlists.read", _("Read which lists there are and what was imported"), STAFF, Role.AUDITOR, Role.OPERATOR
)
LOOK_UP = allow("hashlists.look_up", _("Ask whether a fingerprint is known"), Role.PROVIDER, STAFF)
