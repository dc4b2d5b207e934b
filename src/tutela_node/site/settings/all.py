"""Every desk at once: for migrations, tests, `tutela node init` and the type checker. It is never served."""

from tutela_node.site.config import Config
from tutela_node.site.settings import base
from tutela_node.site.settings.workbench import *  # noqa: F403
from tutela_node.site.settings.workbench import INSTALLED_APPS as STAFF_APPS

globals().update(base.build("all"))
TUTELA: Config = globals()["TUTELA"]  # named, so that the type checker knows it
INSTALLED_APPS = [*STAFF_APPS, "tutela_node.desks.public", "tutela_node.desks.api"]
ROOT_URLCONF = "tutela_node.site.urls.all"
FILE_UPLOAD_HANDLERS = ["tutela_node.desks.api.uploads.RefuseUploads"]
