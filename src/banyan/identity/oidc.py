"""Sign-in at an OpenID Connect provider: code flow with PKCE, state and nonce; the id token is checked whole."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import errors as jose
from joserfc import jwt
from joserfc.jwk import KeySet

from banyan.egress import Answer, fetch
from banyan.identity.providers import Claims, OidcSettings
from banyan.kernel.errors import InvalidInput, NotSignedIn, Unavailable

CLOCK_LEEWAY_S = 60
_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Discovered:
    """What the provider's own document says, as far as it concerns us."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    basic: bool  # the secret travels in a header, not in the form


@dataclass(frozen=True)
class Journey:
    """What must come back unchanged; kept by us, spent once."""

    nonce: str
    verifier: str
    redirect: str


def begin(redirect: str) -> Journey:
    return Journey(secrets.token_urlsafe(24), secrets.token_urlsafe(48), redirect)


async def discover(settings: OidcSettings) -> Discovered:
    """Read the provider's document. Raises InvalidInput or Unavailable with what is wrong with it."""
    answer = await fetch(
        "GET", settings.issuer.rstrip("/") + _WELL_KNOWN, allow_private=settings.allow_private
    )
    if not answer.ok:
        raise Unavailable("provider_refused", reason=f"HTTP {answer.status}")
    document = answer.document()
    if document.get("issuer") != settings.issuer:
        raise InvalidInput("provider_other_issuer", issuer=str(document.get("issuer"))[:200])
    methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Discovered(
        authorization=_address(document, "authorization_endpoint", settings),
        token=_address(document, "token_endpoint", settings),
        keys=_address(document, "jwks_uri", settings),
        userinfo=_address(document, "userinfo_endpoint", settings)
        if "userinfo_endpoint" in document
        else None,
        basic="client_secret_basic" in methods,
    )


def _address(document: Mapping[str, Any], name: str, settings: OidcSettings) -> str:
    found = document.get(name)
    if not isinstance(found, str) or urlsplit(found).scheme not in (
        ("https", "http") if settings.allow_private else ("https",)
    ):
        raise InvalidInput("provider_incomplete", name=name)
    return found


def address(settings: OidcSettings, found: Discovered, journey: Journey, state: str) -> str:
    """Where the browser goes."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).rstrip(b"=")
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": journey.redirect,
        "scope": settings.scopes,
        "state": state,
        "nonce": journey.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    return f"{found.authorization}{'&' if '?' in found.authorization else '?'}{urlencode(query)}"


async def finish(settings: OidcSettings, secret: str | None, journey: Journey, code: str) -> Claims:
    """Trade the code for what the provider vouches for. Raises NotSignedIn `provider_not_believed`."""
    found = await discover(settings)
    answer = await _trade(settings, found, secret, journey, code)
    document = answer.document()
    if not answer.ok or not isinstance(document.get("id_token"), str):
        raise NotSignedIn(
            "provider_not_believed",
            reason=str(document.get("error_description") or document.get("error") or answer.status)[:100],
        )
    keys = await fetch("GET", found.keys, allow_private=settings.allow_private)
    claims = checked(settings, journey.nonce, document["id_token"], keys.document())
    if "email" not in claims and found.userinfo and isinstance(document.get("access_token"), str):
        claims = {**claims, **await _more(settings, found.userinfo, document["access_token"], claims["sub"])}
    said = claims.get("email_verified", settings.emails_verified)
    verified = said is True and isinstance(claims.get("email"), str)
    name = claims.get("name")
    return Claims(
        claims["sub"], claims["email"] if verified else None, name if isinstance(name, str) else None
    )


async def _trade(
    settings: OidcSettings, found: Discovered, secret: str | None, journey: Journey, code: str
) -> Answer:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": journey.redirect,
        "code_verifier": journey.verifier,
        "client_id": settings.client_id,
    }
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if secret and found.basic:
        pair = f"{quote(settings.client_id, safe='')}:{quote(secret, safe='')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    elif secret:
        form["client_secret"] = secret
    return await fetch(
        "POST",
        found.token,
        headers=headers,
        content=urlencode(form).encode(),
        allow_private=settings.allow_private,
    )


def checked(settings: OidcSettings, nonce: str, token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of an id token. Raises NotSignedIn.

    It is signed with the agreed algorithm by a known key, from and for the right ones, now, for this journey.
    """
    registry = jwt.JWTClaimsRegistry(
        leeway=CLOCK_LEEWAY_S,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        found = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=[settings.algorithm])  # type: ignore[arg-type]
        registry.validate(found.claims)
    except (jose.JoseError, ValueError, TypeError, KeyError) as error:
        reason = getattr(error, "description", "") or type(error).__name__
        raise NotSignedIn("provider_not_believed", reason=reason[:100]) from error
    claims: dict[str, Any] = dict(found.claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != settings.client_id:
        raise NotSignedIn("provider_not_believed", reason="azp")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise NotSignedIn("provider_not_believed", reason="sub")
    return claims


async def _more(settings: OidcSettings, url: str, token: str, subject: str) -> dict[str, Any]:
    """What the provider tells beside the id token, if it is about the same subject."""
    answer = await fetch(
        "GET", url, headers={"authorization": f"Bearer {token}"}, allow_private=settings.allow_private
    )
    document = answer.document() if answer.ok else {}
    if document.get("sub") != subject:
        return {}
    return {name: document[name] for name in ("email", "email_verified", "name") if name in document}
