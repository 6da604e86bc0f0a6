"""What the WebAuthn library does for passkeys.

Only `passkeys` imports this, and only where one is used: the library with all it brings is a twentieth of a start.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

REFUSALS = (WebAuthnException, ValueError, KeyError, TypeError)
Document = Mapping[str, Any]


def registration(
    host: str, party_name: str, user_id: bytes, name: str, known: Sequence[bytes]
) -> tuple[str, dict[str, Any]]:
    """The challenge (base64url) and what the browser needs to make a passkey beside the `known` ones."""
    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name=party_name,
        user_id=user_id,
        user_name=name,
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return bytes_to_base64url(options.challenge), orjson.loads(webauthn.options_to_json(options))


def sign_in(host: str, known: Sequence[bytes]) -> tuple[str, dict[str, Any]]:
    """The challenge (base64url) and what the browser needs to answer it with one of the `known` passkeys, or any."""
    options = webauthn.generate_authentication_options(
        rp_id=host,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return bytes_to_base64url(options.challenge), orjson.loads(webauthn.options_to_json(options))


def registered(credential: Document, challenge: str, host: str, origin: str) -> VerifiedRegistration:
    """The passkey that a browser made. Raises one of REFUSALS."""
    return webauthn.verify_registration_response(
        credential=dict(credential),
        expected_challenge=base64url_to_bytes(challenge),
        expected_rp_id=host,
        expected_origin=origin,
        require_user_verification=True,
    )


def signed_in(
    credential: Document, challenge: str, host: str, origin: str, *, public_key: bytes, sign_count: int
) -> VerifiedAuthentication:
    """What a passkey answered. Raises one of REFUSALS."""
    return webauthn.verify_authentication_response(
        credential=dict(credential),
        expected_challenge=base64url_to_bytes(challenge),
        expected_rp_id=host,
        expected_origin=origin,
        credential_public_key=public_key,
        credential_current_sign_count=sign_count,
        require_user_verification=True,
    )


def raw_id(text: str) -> bytes:
    """A credential's id as it is stored. Raises ValueError."""
    return base64url_to_bytes(text)


def _described(known: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in known]
