"""What Schemathesis can't know of examples/camelot. From the environment:

    CAMELOT_URL        where it is
    CAMELOT_DATABASE   the file of SQLite's that its users lie in
"""

import os
import sqlite3
import uuid

import requests
import schemathesis
from hypothesis import provisional, strategies

URL = os.environ["CAMELOT_URL"]
DATABASE = os.environ["CAMELOT_DATABASE"]

# Names that no mail is delivered to (RFC 6761 and its successors): an address there is a 422.
SPECIAL_USE = {"arpa", "invalid", "local", "localhost", "onion", "test"}


def takes_mail(domain: str) -> bool:
    return domain.rsplit(".", 1)[-1].lower() not in SPECIAL_USE


schemathesis.openapi.format("idn-email", strategies.emails(domains=provisional.domains().filter(takes_mail)))


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """The name of a part stands in a header, which holds no control character."""
    is_form = case.media_type == "multipart/form-data" and isinstance(case.body, dict)
    return not is_form or all(name.isprintable() for name in case.body)


# A superuser, who may do everything, so that all of it is tried: also to sign out, and to delete oneself. So there is a
# new one every other second. It signs in by cookie, since that is a scheme whose absence Schemathesis can test.
@schemathesis.auth(refresh_interval=2)
class Merlin:
    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> tuple[str, str]:
        """Registers a user, makes it a superuser, and signs it in."""
        credentials = {"username": f"merlin-{uuid.uuid4()}@camelot.bt", "password": "excalibur"}
        user = {"email": credentials["username"], "password": credentials["password"]}
        requests.post(f"{URL}/auth/register", json=user, timeout=30).raise_for_status()
        with sqlite3.connect(DATABASE, timeout=30) as connection:
            connection.execute('UPDATE "user" SET is_superuser = 1, is_verified = 1 WHERE email = ?', [user["email"]])
        answer = requests.post(f"{URL}/auth/cookie/login", data=credentials, timeout=30)
        answer.raise_for_status()
        name, _, value = answer.headers["Set-Cookie"].split(";")[0].partition("=")
        return name, value

    def set(self, case: schemathesis.Case, data: tuple[str, str], context: schemathesis.AuthContext) -> None:
        name, value = data
        case.cookies[name] = value
