import django.db.models.deletion
import tutela_node.foundation.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("material", "0002_forms")]

    operations = [
        migrations.CreateModel(
            name="Contents",
            fields=[
                ("container", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="contents", serialize=False, to="material.item")),
                ("read_to", models.PositiveIntegerField(default=0)),
                ("closed", models.JSONField(default=list)),
                ("left_out", models.JSONField(default=dict)),
                ("is_over", models.BooleanField(default=False)),
                ("is_archive", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Inside",
            fields=[
                ("id", models.UUIDField(default=tutela_node.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("place", models.PositiveIntegerField()),
                ("name_sealed", models.BinaryField()),
                ("container", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="material.item")),
                ("item", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lies_in", to="material.item")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("container", "place"), name="inside_once")],
            },
        ),
    ]
