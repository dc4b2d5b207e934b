"""Who may read and move reports. The public desk drops without any of these: it can seal and not open."""

from django.utils.translation import gettext_lazy as _

from tutela_node.foundation.permissions import STAFF, Permission, Role, allow

OPEN = allow("intake.open", _("Open what the public desk sealed"), Role.SYSTEM)
RECEIVE = allow("intake.report", _("Send reports as a provider"), Role.PROVIDER, Role.SYSTEM)
TEST = allow("intake.test", _("Send reports that are only tried and reach nobody"), Role.PROVIDER)
FORGET = allow("intake.forget", _("Erase reports that were never finished"), Role.SYSTEM)
MEDIA = allow("intake.media", _("Send the material itself inside a report"), Role.PROVIDER)
ENTER = allow("intake.enter", _("Enter reports on behalf of people"), STAFF, Role.SYSTEM)
ATTACH = allow("intake.attach", _("Tie items and addresses to a report"), Role.SYSTEM)
ANSWER = allow("intake.answer", _("Tell a reporter what became of a report"), STAFF, Role.SYSTEM)
READ_OWN = allow("intake.read_own", _("Read the state of your own reports"), Role.PROVIDER)
READ = allow("intake.read", _("Read reports"), STAFF, Role.POLICE, Role.SYSTEM)
TAKE = allow("intake.take", _("Take a case of the triage list"), STAFF, Role.POLICE)
TIE = allow("intake.tie", _("Split a case, or make two cases one"), STAFF, Role.POLICE)
WEIGH = allow("intake.weigh", _("Put reports in the order of their urgency"), Role.SYSTEM)
ASK = allow("intake.ask", _("Ask a reporter a question"), STAFF, Role.POLICE)
SORT = allow("intake.sort", _("Release or discard what a flood brought"), STAFF)
REFER = allow("intake.refer", _("Hand a report to the police"), Role.SYSTEM)
READ_REFERRALS = allow("intake.referrals", _("Read what was referred to the police"), STAFF, Role.POLICE)
TAKE_REFERRALS = allow("intake.take_referrals", _("Take and answer what was referred to the police"), Role.POLICE)

ALL: tuple[Permission, ...] = (
    OPEN,
    RECEIVE,
    TEST,
    FORGET,
    MEDIA,
    ENTER,
    ATTACH,
    ANSWER,
    READ,
    READ_OWN,
    TAKE,
    TIE,
    WEIGH,
    ASK,
    SORT,
    REFER,
    READ_REFERRALS,
    TAKE_REFERRALS,
)
