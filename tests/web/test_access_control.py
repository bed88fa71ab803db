import pytest

TOKEN = "correct horse battery"


def post(client, content, route="preview", **headers):
    return client.post(f"/api/v1/{route}", files={"file": ("old.jpg", content)}, headers=headers)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9999", "[::1]:8000", "192.168.1.7", "photos.example:80"])
def test_hosts_that_are_ours(open_client, host):
    client = open_client(hosts=frozenset({"photos.example"}))
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1", "a b"]
)
def test_hosts_that_are_not(client, host):
    response = client.get("/healthz", headers={"Host": host})
    assert response.status_code == 421
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost"]
)
def test_other_sites_may_not_post(client, jpeg, origin):
    assert post(client, jpeg, Origin=origin).status_code == 403


def test_the_own_page_may_post_and_gets_no_cors(client, jpeg):
    response = post(client, jpeg, Origin="http://localhost:8000")
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


def test_an_origin_that_was_asked_for_may_post(open_client, jpeg):
    client = open_client(origins=("https://album.example",))
    assert post(client, jpeg, Origin="https://album.example").headers["access-control-allow-origin"]
    assert post(client, jpeg, Origin="https://evil.example").status_code == 403


def test_the_token_is_asked_for_before_anything_is_read(open_client, jpeg):
    client = open_client(token=TOKEN)
    for shown in (None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer", "Bearer é".encode("latin-1")):
        headers = {} if shown is None else {"Authorization": shown}
        response = client.get("/api/v1/models", headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert client.get("/metrics", headers=headers).status_code == 401
        assert post(client, jpeg, **headers).status_code == 401
    assert post(client, jpeg, Authorization=f"Bearer {TOKEN}").status_code == 200
    for path in ("/", "/static/app.js", "/docs", "/healthz"):
        assert client.get(path).status_code == 200


def test_every_answer_is_safe(client):
    for path in ("/", "/static/app.js", "/docs", "/healthz", "/nothing", "/api/v1/models"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        isolated = headers["cross-origin-opener-policy"], headers["cross-origin-embedder-policy"]
        assert isolated == ("same-origin", "require-corp"), "a browser then lets the page run threads"
        assert "server" not in headers


def test_too_many_bytes_are_refused_by_their_declared_length(open_client):
    client = open_client(max_bytes=1000)
    response = post(client, bytes(200_000))
    assert response.status_code == 413
    assert "0.001 MB" in response.json()["detail"]


def test_a_file_just_beyond_the_limit_is_refused(open_client):
    assert post(open_client(max_bytes=1000), bytes(1001)).status_code == 413


def test_too_many_bytes_are_refused_while_they_come(open_client):
    client = open_client(max_bytes=1_500_000)
    taken = 0

    def endless():
        nonlocal taken
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        while taken < 100_000_000:
            taken += 50_000
            yield bytes(50_000)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = client.post("/api/v1/preview", content=endless(), headers=headers)
    assert response.status_code == 413


def test_a_form_that_is_none_is_refused(client):
    headers = {"Content-Type": "multipart/form-data"}
    assert client.post("/api/v1/preview", content=b"xx", headers=headers).status_code == 400
