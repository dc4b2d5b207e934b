"""The mail role: takes mail with reports over SMTP or LMTP. It can seal a mail to the node and cannot open one."""

from tutela_node.site.settings import base

globals().update(base.build("mail"))
INSTALLED_APPS = [*base.DJANGO, *base.ROOMS]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tutela_node.site.urls.worker"
TEMPLATES = base.templates()
