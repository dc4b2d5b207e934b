"""Who may do what with evidence."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Role, allow

KEEP = allow("evidence.keep", _("Keep bytes in the vault and make exhibits"), Role.SYSTEM)
VIEW = allow("evidence.view", _("Open a view of a picture"), STAFF)
PROPOSE = allow("evidence.propose_release", _("Propose the release of a package"), STAFF)
APPROVE = allow("evidence.approve_release", _("Approve the release of a package"), Role.SENIOR)
BUILD = allow("evidence.build", _("Build an approved package"), Role.SYSTEM)
FETCH = allow("evidence.fetch", _("Fetch a released package"), Role.SENIOR, Role.POLICE)
RECEIVE = allow("evidence.receive", _("See the packages released to one’s own organisation"), Role.POLICE)
READ_LOG = allow("evidence.read_log", _("Read the custody log"), STAFF, Role.AUDITOR, Role.OPERATOR)
READ = allow("evidence.read", _("Read exhibits and packages"), STAFF, Role.AUDITOR)
