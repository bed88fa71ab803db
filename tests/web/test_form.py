import pytest


@pytest.mark.parametrize("route", ["colorize", "chroma", "preview", "answers", "suggest"])
def test_a_field_that_no_route_knows_is_refused(client, jpeg, route):
    response = client.post(f"/api/v1/{route}", files={"file": ("old.jpg", jpeg)}, data={"nonsense": "1"})
    assert response.status_code == 422
    assert "no such option" in response.json()["detail"]
