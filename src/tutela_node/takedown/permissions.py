"""Who may trace, hold, notify and answer."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Permission, Role, allow

SEE = allow("takedown.see", _("See traces and notices"), STAFF)
TRACE = allow("takedown.trace", _("Record where something is hosted"), Role.SYSTEM)
OVERRIDE = allow("takedown.override", _("Correct where something is hosted"), STAFF)
APPROVE = allow("takedown.approve", _("Approve a contact for notices"), STAFF)
HOLD = allow("takedown.hold", _("Ask that a host is not told"), Role.POLICE)
WRITE = allow("takedown.write", _("Write notices"), Role.SYSTEM, STAFF)
SEND = allow("takedown.send", _("Send notices"), Role.SYSTEM)
ANSWER = allow("takedown.answer", _("Answer a notice"), Role.PROVIDER)
CLOSE = allow("takedown.close", _("Close a notice"), Role.SYSTEM, STAFF)

ALL: tuple[Permission, ...] = (SEE, TRACE, OVERRIDE, APPROVE, HOLD, WRITE, SEND, ANSWER, CLOSE)
