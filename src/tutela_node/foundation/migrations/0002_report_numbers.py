"""Numbers of reports come from a sequence on PostgreSQL, from the one that was given last on."""

from typing import Any

from django.db import migrations

NAME, FIRST = "report", 100_001


def make_sequence(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    given = apps.get_model("foundation", "Counter").objects.filter(name=NAME).values_list("value", flat=True).first()
    editor.execute(f"CREATE SEQUENCE tutela_{NAME} START WITH {FIRST if given is None else given + 1}")


def drop_sequence(apps: Any, editor: Any) -> None:
    """The counter goes on behind the last number of the sequence, so that none is given twice."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT last_value FROM tutela_{NAME}")
        (given,) = cursor.fetchone()
    apps.get_model("foundation", "Counter").objects.update_or_create(name=NAME, defaults={"value": given})
    editor.execute(f"DROP SEQUENCE tutela_{NAME}")


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [migrations.RunPython(make_sequence, drop_sequence)]
