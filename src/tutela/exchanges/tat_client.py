"""Speaks the hash list of Tech Against Terrorism, version 2, and knows nothing of us: checkpoints in, pages out.

Rules (TCAP hash list, version 2):
- a token is asked for with user name and password, and for a new one once when it is no longer taken
- pages are in the order of their last change; `after` is the checkpoint of the page before
"""

from urllib.parse import quote, urlencode

from tutela.errors import Forbidden, Unavailable
from tutela.exchanges import addresses
from tutela.exchanges.outline import whole
from tutela.exchanges.transport import Request, Transport

BASE = "https://app.terrorismanalytics.org"
PAGE = 1000
LONGEST_TOKEN = 8192


class TatClient:
    """One account at one address. Every method raises as `Transport.ask`."""

    def __init__(self, base: str, *, username: str, password: str, transport: Transport) -> None:
        self.base = addresses.base_address(base)
        self._account = urlencode({"username": username, "password": password, "resend": False}).encode()
        self._transport = transport
        self._token = ""

    def hashes(self, ideology: str, *, after: str = "", size: int = PAGE, skip: int = 0) -> bytes:
        """A page of at most `size` hashes that were changed after a checkpoint, `skip` of them left out."""
        query = {"order": "asc", "limit": size, "after": after} | ({"offset": skip} if skip else {})
        url = addresses.below(self.base, f"/api/hash-list/v2/{quote(ideology, safe='')}") + "?" + urlencode(query)
        try:
            return self._get(url)
        except Forbidden:
            if not self._token:
                raise
            self._token = ""  # it may have grown old
            return self._get(url)

    def sign_in(self) -> None:
        """Get a token. Raises Forbidden when user name and password are not taken."""
        url = addresses.below(self.base, "/token-auth/tcap/")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._transport.ask(Request(method="POST", url=url, headers=headers, body=self._account)).body
        token = whole(answer, "a token").text("token")
        if not token or len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable():
            raise Unavailable("the service answered without a token", place="service")
        self._token = token

    def _get(self, url: str) -> bytes:
        if not self._token:
            self.sign_in()
        return self._transport.ask(Request(url=url, headers={"Authorization": f"Bearer {self._token}"})).body
