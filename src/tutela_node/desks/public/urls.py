"""Addresses of the public desk. All of them are neutral: none says what a page is about."""

from django.urls import path, register_converter

from tutela_node.desks.public.intake.status import back
from tutela_node.desks.public.intake.views import go
from tutela_node.desks.public.own.views import own
from tutela_node.desks.public.pages import views as pages


class LanguageCode:
    regex = "[a-z]{2,3}(?:-[a-z0-9]{2,8})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LanguageCode, "tongue")
app_name = "public"
urlpatterns = [
    path("", pages.front, name="front"),
    path("<tongue:language>/", pages.start, name="start"),
    path("<tongue:language>/go", go, name="go"),
    path("<tongue:language>/back", back, name="back"),
    path("<tongue:language>/own", own, name="own"),
    path("<tongue:language>/me", pages.me, name="me"),
    path("<tongue:language>/someone", pages.someone, name="someone"),
    path("<tongue:language>/talk", pages.talk, name="talk"),
    path("<tongue:language>/now", pages.now, name="now"),
    path("<tongue:language>/privacy", pages.privacy, name="privacy"),
    path("<tongue:language>/accessibility", pages.accessibility, name="accessibility"),
    path("<tongue:language>/law", pages.law, name="law"),
]
