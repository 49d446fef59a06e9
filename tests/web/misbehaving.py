"""An OpenID provider that does what the test tells it, right or wrong: no other would."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

KEY = RSAKey.generate_key(2048, {"kid": "ours"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "ours"})
ANY = JWSRegistry(algorithms=["RS256", "HS256", "none"])


@dataclass
class Misbehaving:
    """What it says. As it is made, all of it is right."""

    issuer: str = ""
    nonce: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    """What it says otherwise of itself."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What it says otherwise in the ID token; None leaves a claim out."""
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "ours"})
    key: Any = field(default_factory=lambda: KEY)
    token: dict[str, Any] = field(default_factory=dict)
    """What it says otherwise beside the ID token."""
    status: dict[str, int] = field(default_factory=dict)
    """By path, another status than 200."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """What it was asked: path and body."""

    def answer(self, path: str) -> object:
        """What it says at a path."""
        now = int(time.time())
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
                **self.metadata,
            }
        if path == "/jwks":
            return {"keys": [KEY.as_dict(private=False)]}
        if path == "/userinfo":
            return self.userinfo
        claims = {
            "iss": self.issuer,
            "sub": "somebody",
            "aud": "casepulse",
            "exp": now + 600,
            "iat": now,
            "nonce": self.nonce,
            "groups": ["cs-stroud"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "id_token": jwt.encode(self.header, claims, self.key, registry=ANY),
            **self.token,
        }


SECRET = OctKey.import_key("the-client-secret-of-the-tests")


@contextmanager
def misbehaving() -> Iterator[Misbehaving]:
    """It, running."""
    told = Misbehaving()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            told.asked.append((self.path, body))
            content = json.dumps(told.answer(self.path)).encode()
            self.send_response(told.status.get(self.path, 200))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        log_message: Callable[..., None] = lambda *_: None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        told.issuer = f"http://127.0.0.1:{server.server_port}"
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
