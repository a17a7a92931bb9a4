"""Encrypts a value with a data key for one place (table, column, row); it can be decrypted only there."""

import secrets
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.names import KeyName, Place, SealBroken

_FORMAT = 1
_HEADER = struct.Struct(">BI12s")
_TAG_BYTES = 16

#: How many bytes longer an encrypted value is.
OVERHEAD = _HEADER.size + _TAG_BYTES


def seal(store: KeyStore, name: KeyName, place: Place, plaintext: bytes) -> bytes:
    """:raises KeyErased: the key was erased. A missing key is created."""
    key = store.current(name)
    nonce = secrets.token_bytes(12)
    return _HEADER.pack(_FORMAT, key.version, nonce) + AESGCM(key.secret).encrypt(
        nonce, plaintext, place.bound_to(key.version)
    )


def unseal(store: KeyStore, name: KeyName, place: Place, sealed: bytes) -> bytes:
    """Decrypt the value.

    :raises KeyErased: the key was erased.
    :raises KeyMissing: the key store never had this key.
    :raises SealBroken: the value is damaged, or was encrypted for another place or with another key.
    """
    if len(sealed) < OVERHEAD or sealed[0] != _FORMAT:
        raise SealBroken("not an encrypted value")
    _format, version, nonce = _HEADER.unpack_from(sealed)
    key = store.version(name, version)
    try:
        return AESGCM(key.secret).decrypt(nonce, sealed[_HEADER.size :], place.bound_to(version))
    except InvalidTag:
        raise SealBroken("an encrypted value is damaged, or was moved from its place") from None


def seal_text(store: KeyStore, name: KeyName, place: Place, text: str) -> bytes:
    return seal(store, name, place, text.encode())


def unseal_text(store: KeyStore, name: KeyName, place: Place, sealed: bytes) -> str:
    return unseal(store, name, place, sealed).decode()
