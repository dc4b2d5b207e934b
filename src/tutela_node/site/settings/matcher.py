"""The matcher role: look-ups from a mapped snapshot. No room, no database, no pages: only where its folder is."""

from tutela_node.site.config import Config, read

TUTELA: Config = read("matcher")
INSTALLED_APPS: list[str] = []
DATABASES: dict[str, object] = {}
FILE_UPLOAD_HANDLERS: list[str] = []
USE_TZ = True
