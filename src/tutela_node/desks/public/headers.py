"""The headers of every public page: nothing from outside, nothing kept, nothing passed on.

Scripts may not turn text into markup, code or addresses of code: Trusted Types are required and no policy is allowed.
"""

from django.http import HttpResponse

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
QUIET = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noarchive",
}


def quiet(response: HttpResponse) -> HttpResponse:
    for name, value in QUIET.items():
        response.headers[name] = value
    return response
