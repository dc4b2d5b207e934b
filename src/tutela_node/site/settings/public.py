"""The public role: report pages and status. It can seal a report to the node and cannot open one."""

from tutela_node.site.settings import base

globals().update(base.build("public"))
INSTALLED_APPS = [*base.DJANGO, *base.ROOMS, "tutela_node.desks.public", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "tutela_node.desks.public.middleware.PublicErrors",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "tutela_node.desks.public.middleware.SameOriginPosts",
    "tutela_node.desks.public.middleware.QuietHeaders",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "tutela_node.site.urls.public"
TEMPLATES = base.templates("tutela_node.desks.public.context.house")
WSGI_APPLICATION = "tutela_node.site.wsgi.application"
