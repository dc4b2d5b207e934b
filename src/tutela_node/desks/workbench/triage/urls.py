"""Addresses of the triage pages."""

from django.urls import path

from tutela_node.desks.workbench.triage import sorting, views

app_name = "triage"
urlpatterns = [
    path("", views.index, name="index"),
    path("search", views.search, name="search"),
    path("report/<uuid:id>", views.report, name="report"),
    path("report/<uuid:id>/original", views.original, name="original"),
    path("report/<uuid:id>/receipt", views.receipt, name="receipt"),
    path("case/<uuid:bundle>/take", views.take, name="take"),
    path("case/<uuid:bundle>/give-back", views.give_back, name="give-back"),
    path("case/<uuid:bundle>/sort", sorting.sort, name="sort"),
    path("case/<uuid:bundle>/join", sorting.join, name="join"),
]
