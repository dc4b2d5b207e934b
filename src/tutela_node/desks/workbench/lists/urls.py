"""Addresses of the pages of lists."""

from django.urls import path

from tutela_node.desks.workbench.lists import copies, entries, subscriptions, views

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
    path("copies/", copies.index, name="copies"),
    path("list/<uuid:id>/copy/", copies.propose, name="propose_copy"),
    path("copy/<uuid:id>/", copies.copy, name="copy"),
    path("copy/<uuid:id>/approve/", copies.approve, name="approve_copy"),
    path("copy/<uuid:id>/refuse/", copies.refuse, name="refuse_copy"),
    path("copy/<uuid:id>/fetch/", copies.fetch, name="fetch_copy"),
    path("subscriptions/", subscriptions.index, name="subscriptions"),
    path("subscriptions/new/", subscriptions.kinds, name="kinds"),
    path("subscriptions/new/<slug:kind>/", subscriptions.subscribe, name="subscribe"),
    path("subscription/<uuid:id>/", subscriptions.subscription, name="subscription"),
    path("subscription/<uuid:id>/fetch/", subscriptions.fetch, name="fetch"),
]
