"""Addresses of the review pages. The queue is the workbench's start."""

from django.urls import path

from tutela_node.desks.workbench.review import deciding, views

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("search/", views.search, name="search"),
    path("item/<uuid:item>/", views.item, name="item"),
    path("item/<uuid:item>/claim", deciding.claim, name="claim"),
    path("item/<uuid:item>/release", deciding.release, name="release"),
    path("item/<uuid:item>/look", deciding.look, name="look"),
    path("item/<uuid:item>/assess", deciding.assess, name="assess"),
    path("assessment/<uuid:assessment>/withdraw", deciding.withdraw, name="withdraw"),
    path("view/<uuid:view>", views.picture, name="picture"),
]
