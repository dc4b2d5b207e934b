"""The API role's own middleware, addresses and templates, and a provider with a token and agreements."""

import pytest


@pytest.fixture(autouse=True)
def _api_role(settings):
    from tutela_node.site.settings import api

    settings.ROOT_URLCONF = api.ROOT_URLCONF
    settings.MIDDLEWARE = [each for each in api.MIDDLEWARE if "whitenoise" not in each]
    settings.TEMPLATES = api.TEMPLATES
    settings.FILE_UPLOAD_HANDLERS = api.FILE_UPLOAD_HANDLERS


@pytest.fixture
def quay(db):
    """An organisation with every agreement a provider needs."""
    from tutela_node.desks.api.tests.callers import agree

    return agree("Quay Cloud", "intake", "matcher")


@pytest.fixture
def machine(quay):
    from tutela_node.desks.api.tests.callers import Machine, token_for

    return Machine(token_for(quay))
