"""The WSGI application of a served role; `DJANGO_SETTINGS_MODULE` names the role."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
