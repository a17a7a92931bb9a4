"""`deploy/nginx.conf` in front of the web: slow clients and wrong passwords stop no page."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from faults.processes import environment_of, free_port, start_web
from tests.beds.certificate import Certificate
from tests.beds.database import Installation
from tools.needs import PROGRAM_FOLDERS

pytestmark = pytest.mark.proxy

CONF = Path(__file__).parents[2] / "deploy" / "nginx.conf"
HALF = (
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100000\r\n\r\nemail="
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The address of nginx."""

    port: int
    trust: ssl.SSLContext

    def answer(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str, str]:
        connection = HTTPSConnection("localhost", self.port, context=self.trust, timeout=60)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body, {"Sec-Fetch-Site": "same-origin", **kind, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, (answer.getheader("Set-Cookie") or "").split(";")[0]

    def half_a_request(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("localhost", self.port))
        secure = self.trust.wrap_socket(plain, server_hostname="localhost")
        secure.sendall(HALF)
        return secure


def own_configuration(folder: Path, port: int, web: int, certificate: Certificate) -> Path:
    """The example with the names, ports and certificates of the test."""
    server = CONF.read_text()
    for example, ours in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("dialogues.example.org;", "localhost;"),
        ("127.0.0.1:8000", f"127.0.0.1:{web}"),
        ("/etc/ssl/dialogues.example.org/fullchain.pem", str(certificate.chain)),
        ("/etc/ssl/dialogues.example.org/key.pem", str(certificate.key)),
        ("/var/log/nginx/dialogues.log", str(folder / "error.log")),
    ):
        assert example in server
        server = server.replace(example, ours)
    temporary = " ".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(f"daemon off; pid {folder / 'pid'}; events {{}}\nhttp {{ {temporary}\n{server}\n}}\n")
    return main


@pytest.fixture
def proxy(installation: Installation, certificate: Certificate, tmp_path: Path) -> Iterator[Proxy]:
    """nginx with the example's configuration in front of gunicorn."""
    port, web_port = free_port(), free_port()
    program = shutil.which("nginx", path=PROGRAM_FOLDERS)
    assert program, "nginx is missing: apt-get install nginx"
    settings = installation.settings(base_url=f"https://localhost:{port}", proxy_hops=1)
    configuration = own_configuration(tmp_path, port, web_port, certificate)
    with ExitStack() as running:
        web = start_web(environment_of(settings), web_port)
        running.callback(web.wait)
        running.callback(web.terminate)
        nginx = subprocess.Popen([program, "-e", str(tmp_path / "error.log"), "-c", str(configuration)])
        running.callback(nginx.wait)
        running.callback(nginx.terminate)
        while not (tmp_path / "pid").exists():
            assert nginx.poll() is None
            time.sleep(0.02)
        yield Proxy(port, ssl.create_default_context(cafile=str(certificate.authority)))


def wrong_password(proxy: Proxy, cookie: str, token: str) -> int:
    body = urlencode({"csrf_token": token, "email": "a@example.org", "password": "velvet anchor tundra plumage"})
    return proxy.answer("POST", "/sign-in", body, Cookie=cookie)[0]


def test_half_sent_requests_and_wrong_passwords_stop_no_page(proxy: Proxy) -> None:
    _status, form, cookie = proxy.answer("GET", "/sign-in")
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', form)[0]
    with ExitStack() as storm, ThreadPoolExecutor(40) as people:
        for _client in range(40):
            storm.enter_context(proxy.half_a_request())
        wrong = [people.submit(wrong_password, proxy, cookie, token) for _person in range(40)]
        assert [proxy.answer("GET", path)[0] for path in ("/health", "/sign-in") * 3] == [200] * 6
        refused = {answer.result() for answer in wrong}
    assert 422 in refused
    assert refused <= {422, 429, 503}


def test_a_foreign_host_is_refused_whatever_the_client_says(proxy: Proxy) -> None:
    assert proxy.answer("GET", "/sign-in", **{"X-Forwarded-Host": "evil.example"})[0] == 200
    assert "evil.example" not in proxy.answer("GET", "/sign-in", **{"X-Forwarded-Host": "evil.example"})[1]


def test_nothing_of_a_request_is_written_to_disk(proxy: Proxy, tmp_path: Path) -> None:
    proxy.answer("GET", "/r/a-secret-of-somebody")
    proxy.answer("POST", "/sign-in", "email=" + "a" * 1_000_000)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in {"nginx.conf", "pid"}]
    assert [path for path in left if b"a-secret" in path.read_bytes() or path.parent.name == "client_body"] == []
