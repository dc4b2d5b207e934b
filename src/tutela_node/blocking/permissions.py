"""Who may do what with the blocking list."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Role, allow

PROPOSE = allow("blocking.propose", _("Propose a domain for blocking"), STAFF)
DECIDE = allow("blocking.decide", _("Decide on a proposed domain"), Role.SENIOR)
PUBLISH = allow("blocking.publish", _("Publish the list"), Role.SYSTEM)
READ = allow("blocking.read", _("Read the blocking list and its releases"), STAFF, Role.AUDITOR)
FETCH = allow("blocking.fetch", _("Take a release of the list away"), STAFF)
