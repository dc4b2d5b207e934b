"""Addresses of the pages of evidence."""

from django.urls import path

from tutela_node.desks.workbench.evidence import views

app_name = "evidence"
urlpatterns = [
    path("", views.packages, name="packages"),
    path("exhibits/", views.exhibits, name="exhibits"),
    path("propose/", views.propose, name="propose"),
    path("package/<uuid:package>/", views.package, name="package"),
    path("package/<uuid:package>/approve", views.approve, name="approve"),
    path("package/<uuid:package>/refuse", views.refuse, name="refuse"),
    path("package/<uuid:package>/fetch", views.fetch, name="fetch"),
    path("custody/", views.custody, name="custody"),
    path("policy.json", views.policy_file, name="policy"),
]
