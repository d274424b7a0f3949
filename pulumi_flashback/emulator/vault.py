"""Encryption at rest, digests and password hashes. The key is stored beside the data file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

_SCRYPT_COST = 2**12  # low for a password hash: these are test users, and each test adds a few


class Vault:
    """Encrypts, decrypts and digests with one Fernet key."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        self._key = key

    @classmethod
    def beside(cls, data: Path | None, *, new: bool = False) -> Vault:
        """Return the vault of a data file; its key file beside it is readable only by the owner."""
        if data is None:
            return cls(Fernet.generate_key())
        path = data.with_name(data.name + ".key")
        try:
            if new and path.exists():  # the key of a removed database, which others could know
                cls(path.read_bytes())
                path.unlink()
            if new:
                _write_key(path, Fernet.generate_key())
            return cls(path.read_bytes())
        except FileNotFoundError:
            raise ValueError(
                f"the key file {path} is missing: {data} cannot be decrypted"
            ) from None
        except ValueError:
            raise ValueError(f"{path} holds no key") from None

    def seal(self, text: str) -> bytes:
        """Encrypt a text."""
        return self._fernet.encrypt(text.encode())

    def open(self, box: bytes) -> str:
        """Decrypt a text; ``ValueError`` if it was encrypted with another key."""
        try:
            return self._fernet.decrypt(box).decode()
        except InvalidToken:
            raise ValueError("the data was encrypted with another key") from None

    def digest(self, text: str) -> str:
        """Return a digest, which is equal for equal texts."""
        return self.derive(f"digest:{text}").hex()

    def derive(self, purpose: str) -> bytes:
        """Return a key for another purpose."""
        return hmac.new(self._key, purpose.encode(), hashlib.sha256).digest()

    @staticmethod
    def hash_password(password: str) -> str:
        """Return a salted hash."""
        salt = os.urandom(16)
        return base64.b64encode(salt + _scrypt(password, salt)).decode()

    @staticmethod
    def password_matches(password: str, hashed: str) -> bool:
        """Compare a password with a hash."""
        raw = base64.b64decode(hashed)
        return hmac.compare_digest(_scrypt(password, raw[:16]), raw[16:])


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=32)


def _write_key(path: Path, key: bytes) -> None:
    """Write a key to a new file that only its owner can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(handle)  # before the database, which is useless without it
