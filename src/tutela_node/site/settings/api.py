"""The API role: providers' reports and look-ups by token, and the page on which a provider answers a notice."""

from tutela_node.site.settings import base

globals().update(base.build("api"))
INSTALLED_APPS = [*base.DJANGO, *base.ROOMS, "tutela_node.desks.api", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "tutela_node.desks.api.middleware.ApiErrors",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tutela_node.desks.api.middleware.ApiHeaders",
]
ROOT_URLCONF = "tutela_node.site.urls.api"
TEMPLATES = base.templates("tutela_node.desks.api.context.desk")
WSGI_APPLICATION = "tutela_node.site.wsgi.application"
FILE_UPLOAD_HANDLERS = ["tutela_node.desks.api.uploads.RefuseUploads"]
