from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("material", "0001_initial")]

    operations = [
        migrations.AddField(model_name="item", name="forms_sealed", field=models.BinaryField(null=True)),
    ]
