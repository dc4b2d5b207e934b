"""Addresses of the pages of lists."""

from django.urls import path

from tutela_node.desks.workbench.lists import views

app_name = "lists"
urlpatterns = [
    path("", views.index, name="index"),
    path("import/", views.import_list, name="import"),
    path("import/<uuid:id>/", views.result, name="result"),
    path("withdraw/", views.withdraw, name="withdraw"),
]
