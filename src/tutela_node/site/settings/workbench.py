"""The workbench role: signed-in staff. Sessions, passkeys and one-time codes live here."""

from tutela_node.site.settings import base
from tutela_node.site.settings.base import DJANGO, ROOMS

globals().update(base.build("workbench"))
SIGN_IN = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
INSTALLED_APPS = [
    *DJANGO,
    *SIGN_IN,
    *ROOMS,
    "tutela_node.desks.workbench",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "tutela_node.desks.workbench.middleware.DeskErrors",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tutela_node.desks.workbench.middleware.DeskHeaders",
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "desk"
CSRF_COOKIE_NAME = "desk_csrf"
LANGUAGE_COOKIE_NAME = "desk_language"
LOGIN_URL = "/sign-in/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tutela_node.desks.workbench.accounts.adapter.Staff"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(globals()["TUTELA"].production)  # else all who sign in share the proxy's address
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "tutela_node.desks.workbench.accounts.adapter.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tutela"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not globals()["TUTELA"].production
ROOT_URLCONF = "tutela_node.site.urls.workbench"
TEMPLATES = base.templates(
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "tutela_node.desks.workbench.context.desk",
)
WSGI_APPLICATION = "tutela_node.site.wsgi.application"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
