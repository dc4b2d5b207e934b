"""Who may see how good a provider's reports are."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Role, allow

NOTE = allow("providers.note", _("Keep what the quality of reports goes by"), Role.SYSTEM)
READ = allow("providers.read", _("Read how good providers’ reports are"), STAFF, Role.OPERATOR, Role.AUDITOR)
