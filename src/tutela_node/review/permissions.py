"""Who may do what in review. Analysts and seniors decide; the node itself queues, settles and closes."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Permission, Role, allow

READ = allow("review.read", _("Read the review queue and its items"), STAFF)
CLAIM = allow("review.claim", _("Claim an item"), STAFF)
ASSESS = allow("review.assess", _("Assess an item and withdraw the assessment"), STAFF)
ENQUEUE = allow("review.enqueue", _("Put an item into the queue"), Role.SYSTEM)
SETTLE = allow("review.settle", _("Add assessments up to a verdict"), Role.SYSTEM)
CLOSE = allow("review.close", _("Take an item out of the queue"), Role.SYSTEM)

ALL: tuple[Permission, ...] = (READ, CLAIM, ASSESS, ENQUEUE, SETTLE, CLOSE)
