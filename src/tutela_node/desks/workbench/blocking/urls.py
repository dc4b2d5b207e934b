"""Addresses of the pages of the blocking list."""

from django.urls import path

from tutela_node.desks.workbench.blocking import views

app_name = "blocking"
urlpatterns = [
    path("", views.index, name="index"),
    path("propose/", views.propose, name="propose"),
    path("listing/<uuid:listing>/", views.listing, name="listing"),
    path("listing/<uuid:listing>/approve", views.approve, name="approve"),
    path("listing/<uuid:listing>/refuse", views.refuse, name="refuse"),
    path("listing/<uuid:listing>/withdraw", views.withdraw, name="withdraw"),
    path("releases/", views.releases, name="releases"),
    path("releases/<int:number>/<str:name>", views.release_file, name="release-file"),
]
