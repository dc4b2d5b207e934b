"""The worker serves nothing: its health is its beat in the database, shown by every desk's `/ready`."""

urlpatterns: list[object] = []
