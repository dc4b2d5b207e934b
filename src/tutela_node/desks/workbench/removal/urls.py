"""Addresses of the pages of removal."""

from django.urls import path

from tutela_node.desks.workbench.removal import views

app_name = "removal"
urlpatterns = [
    path("", views.index, name="index"),
    path("address/<uuid:sighting>/", views.address, name="address"),
    path("address/<uuid:sighting>/correct/", views.correct, name="correct"),
    path("contact/<uuid:contact>/approve", views.approve_contact, name="approve-contact"),
    path("hold/", views.hold, name="hold"),
    path("hold/<uuid:hold>/lift", views.lift, name="lift"),
    path("notice/<uuid:notice>/", views.notice, name="notice"),
    path("notice/<uuid:notice>/close", views.close, name="close"),
]
