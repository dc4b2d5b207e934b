from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0008_own_pictures'),
    ]

    operations = [
        migrations.AddField(
            model_name='reportitem',
            name='is_sent',
            field=models.BooleanField(default=False),
        ),
    ]
