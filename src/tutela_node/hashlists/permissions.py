"""Who may do what with hash lists."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Role, allow

IMPORT = allow("hashlists.import", _("Import a hash list"), Role.SENIOR, Role.OPERATOR)
TAKE = allow("hashlists.take", _("Take the rows of a list, move what people decided, mark what expired"), Role.SYSTEM)
CHANGE = allow("hashlists.change", _("Pause a list, change its threshold, its trust or its growth limit"), Role.SENIOR)
DECIDE = allow("hashlists.decide", _("Decide about entries in quarantine"), Role.SENIOR)
READ_ENTRY = allow("hashlists.read_entry", _("Look up an entry by number or by fingerprint"), STAFF, Role.AUDITOR)
REVEAL = allow("hashlists.reveal", _("See the fingerprint of an entry"), Role.SENIOR)
SUBSCRIBE = allow(
    "hashlists.subscribe", _("Subscribe to a list of an exchange, and change that"), Role.SENIOR, Role.OPERATOR
)
JUDGE = allow("hashlists.judge", _("Confirm or dispute an entry"), STAFF)
PROPOSE_COPY = allow("hashlists.propose_copy", _("Propose that a list goes to a recipient"), Role.SENIOR)
APPROVE_COPY = allow("hashlists.approve_copy", _("Approve that a list goes to a recipient"), Role.SENIOR)
BUILD_COPY = allow("hashlists.build_copy", _("Build an approved copy of a list"), Role.SYSTEM)
FETCH_COPY = allow("hashlists.fetch_copy", _("Fetch a copy of a list for its recipient"), Role.SENIOR)
ADMIT = allow("hashlists.admit", _("Admit the fingerprints of a verdict"), Role.SYSTEM)
WITHDRAW = allow("hashlists.withdraw", _("Withdraw an entry"), Role.SENIOR)
OWN = allow("hashlists.own", _("List what people sent of their own pictures, and take it off again"), Role.SYSTEM)
MATCH = allow("hashlists.match", _("Match an item against the lists"), Role.SYSTEM)
READ = allow(
    "hashlists.read", _("Read which lists there are and what was imported"), STAFF, Role.AUDITOR, Role.OPERATOR
)
LOOK_UP = allow("hashlists.look_up", _("Ask whether a fingerprint is known"), Role.PROVIDER, STAFF)
