import json

import pytest

from photochrom.web.refusals import RETRY_SECONDS, response


@pytest.mark.parametrize("status", [401, 415, 422, 503])
def test_a_refusal_is_one_line_in_json_with_its_status(status):
    answer = response(status, "what is wrong; what to do")
    assert answer.status_code == status
    assert json.loads(answer.body) == {"detail": "what is wrong; what to do"}


def test_busy_says_when_to_come_back_and_a_missing_token_which_scheme():
    assert response(503, "busy").headers["retry-after"] == str(RETRY_SECONDS)
    assert response(401, "token").headers["www-authenticate"].startswith("Bearer")
    assert "retry-after" not in response(422, "no").headers
