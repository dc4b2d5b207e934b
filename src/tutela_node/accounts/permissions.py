"""Who may make accounts and agreements, and who may see them."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Permission, Role, allow

MANAGE_ORGANISATIONS = allow("accounts.organisations", _("Register organisations"), Role.OPERATOR, Role.SYSTEM)
MANAGE_PEOPLE = allow("accounts.people", _("Add people and grant roles"), Role.OPERATOR, Role.SYSTEM)
MANAGE_TOKENS = allow("accounts.tokens", _("Issue and revoke tokens"), Role.OPERATOR, Role.SYSTEM)
SUSPEND_TOKENS = allow(
    "accounts.suspend_tokens", _("Suspend a token that looks fingerprints up"), Role.SENIOR, Role.SYSTEM
)
SIGN_AGREEMENTS = allow("accounts.agreements", _("Record agreements"), Role.OPERATOR, Role.SYSTEM)
MANAGE_WEBHOOKS = allow(
    "accounts.webhooks", _("Register addresses that are told of changes"), Role.OPERATOR, Role.SYSTEM
)
MANAGE_KEYS = allow("accounts.keys", _("Register recipients’ keys"), Role.OPERATOR, Role.SYSTEM)
SEE_ACCOUNTS = allow("accounts.see", _("See people and organisations"), Role.OPERATOR, Role.AUDITOR, STAFF)

ALL: tuple[Permission, ...] = (
    MANAGE_ORGANISATIONS,
    MANAGE_PEOPLE,
    MANAGE_TOKENS,
    SUSPEND_TOKENS,
    SIGN_AGREEMENTS,
    MANAGE_WEBHOOKS,
    MANAGE_KEYS,
    SEE_ACCOUNTS,
)
