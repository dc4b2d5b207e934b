"""Addresses of the pages of lists."""

from django.urls import path

from tutela_node.desks.workbench.lists import entries, subscriptions, views

app_name = "lists"
urlpatterns = [
    path("", views.index, name="index"),
    path("list/<uuid:id>/", views.list_page, name="list"),
    path("import/", views.import_list, name="import"),
    path("imports/", views.imports, name="imports"),
    path("import/<uuid:id>/", views.result, name="result"),
    path("import/<uuid:id>/cancel/", views.cancel, name="cancel"),
    path("quarantine/<uuid:id>/", views.flood, name="flood"),
    path("entries/", entries.find, name="entries"),
    path("entry/<int:number>/", entries.entry, name="entry"),
    path("entry/<int:number>/judge/", entries.judge, name="judge"),
    path("entry/<int:number>/reveal/", entries.reveal, name="reveal"),
    path("withdraw/", entries.withdraw, name="withdraw"),
    path("subscriptions/", subscriptions.index, name="subscriptions"),
    path("subscriptions/new/", subscriptions.kinds, name="kinds"),
    path("subscriptions/new/<slug:kind>/", subscriptions.subscribe, name="subscribe"),
    path("subscription/<uuid:id>/", subscriptions.subscription, name="subscription"),
    path("subscription/<uuid:id>/fetch/", subscriptions.fetch, name="fetch"),
]
