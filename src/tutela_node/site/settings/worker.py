"""The worker role: opens reports, captures, matches, sends. It serves nothing and alone reaches outside hosts."""

from tutela_node.site.settings import base

globals().update(base.build("worker"))
INSTALLED_APPS = [*base.DJANGO, *base.ROOMS]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tutela_node.site.urls.worker"
TEMPLATES = base.templates()
