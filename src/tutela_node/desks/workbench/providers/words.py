"""The words of the pages of providers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.accounts.rules import ContactPurpose

PURPOSES: dict[ContactPurpose, str | Promise] = {
    ContactPurpose.URGENT: _("urgent, day and night"),
    ContactPurpose.REPORTS: _("its reports"),
    ContactPurpose.LEGAL: _("law"),
    ContactPurpose.TECHNICAL: _("programs"),
}
