"""Addresses of the pages about reports."""

from django.urls import path

from tutela_node.desks.workbench.reports import entering, sorting, talking, views

app_name = "reports"
urlpatterns = [
    path("", views.referrals, name="referrals"),
    path("referral/<uuid:report>/", views.referral, name="referral"),
    path("referral/<uuid:report>/take", views.take, name="take"),
    path("referral/<uuid:report>/answer", views.answer, name="answer"),
    path("report/<uuid:report>/ask", talking.ask, name="ask"),
    path("quarantine/", sorting.quarantine, name="quarantine"),
    path("quarantine/discard", sorting.discard_credit, name="discard"),
    path("figures/", sorting.figures, name="figures"),
    path("enter/", entering.entries, name="entries"),
    path("enter/<uuid:entry>/", entering.enter, name="enter"),
    path("enter/<uuid:entry>/save", entering.save, name="save"),
    path("enter/<uuid:entry>/drop", entering.drop, name="drop"),
]
