"""The routes of signing in, each with its own page. Signing up, e-mail and reset by mail have no route."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import URLPattern, path

from tutela_node.desks.routes import Door, who

PAGES = "workbench/sign_in"


def _route(address: str, view: type, name: str, page: str, door: Door = "signed in") -> URLPattern:
    shown = view.as_view(template_name=f"{PAGES}/{page}.html")  # type: ignore[attr-defined]  # a view class
    route: URLPattern = path(address, who(door)(shown), name=name)
    return route


urlpatterns = [
    _route("login/", account.LoginView, "account_login", "login", "public"),
    _route("logout/", account.LogoutView, "account_logout", "logout", "public"),
    _route("inactive/", account.AccountInactiveView, "account_inactive", "inactive", "public"),
    _route("reauthenticate/", account.ReauthenticateView, "account_reauthenticate", "again_password"),
    _route("password/change/", account.PasswordChangeView, "account_change_password", "password"),
    _route("mfa/", factors.IndexView, "mfa_index", "index"),
    _route("mfa/authenticate/", factors.AuthenticateView, "mfa_authenticate", "second", "public"),
    _route("mfa/reauthenticate/", factors.ReauthenticateView, "mfa_reauthenticate", "again_code"),
    _route("mfa/totp/activate/", totp.ActivateTOTPView, "mfa_activate_totp", "app_on"),
    _route("mfa/totp/deactivate/", totp.DeactivateTOTPView, "mfa_deactivate_totp", "app_off"),
    _route("mfa/recovery-codes/", codes.ViewRecoveryCodesView, "mfa_view_recovery_codes", "codes"),
    _route("mfa/recovery-codes/generate/", codes.GenerateRecoveryCodesView, "mfa_generate_recovery_codes", "codes_new"),
    path(
        "mfa/recovery-codes/download/",
        who("signed in")(codes.DownloadRecoveryCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
    _route("mfa/webauthn/", keys.ListWebAuthnView, "mfa_list_webauthn", "keys"),
    _route("mfa/webauthn/add/", keys.AddWebAuthnView, "mfa_add_webauthn", "key_add"),
    _route("mfa/webauthn/reauthenticate/", keys.ReauthenticateWebAuthnView, "mfa_reauthenticate_webauthn", "again_key"),
    _route("mfa/webauthn/keys/<int:pk>/remove/", keys.RemoveWebAuthnView, "mfa_remove_webauthn", "key_remove"),
    _route("mfa/webauthn/keys/<int:pk>/edit/", keys.EditWebAuthnView, "mfa_edit_webauthn", "key_edit"),
    _route("mfa/webauthn/login/", keys.LoginWebAuthnView, "mfa_login_webauthn", "login", "public"),
]
