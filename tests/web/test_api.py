"""The API against its own OpenAPI document: schemathesis makes requests of all kinds, and judges the answers."""

import schemathesis
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from photochrom.web.app import create
from photochrom.web.settings import Settings

app = create(Settings(workers=2, max_bytes=200_000, max_pixels=100_000))
schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers={"Host": "localhost"})


@schema.parametrize()
@hypothesis_settings(max_examples=15, deadline=None)
def test_the_api_keeps_to_its_document(case):
    # A schema cannot say what a picture is, so what fits it may be refused all the same.
    case.call_and_validate(headers={"Host": "localhost"}, excluded_checks=[positive_data_acceptance])
