"""Encryption at rest, digests and password hashes. The key lies beside the data file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidKey
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_SCRYPT_COST = 2**12  # low for a password hash: these are test users, and each test makes a few


class Vault:
    """One Fernet key and what is done with it."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        self._key = key

    @classmethod
    def beside(cls, data: Path | None, *, new: bool = False) -> Vault:
        """Return the vault of a data file; its key lies beside it, readable by the owner only."""
        if data is None:
            return cls(Fernet.generate_key())
        path = data.with_name(data.name + ".key")
        if not os.path.lexists(path):
            if not new:
                raise ValueError(f"the key file {path} is missing: {data} cannot be decrypted")
            _write_key(path)
        key = _read_key(path)
        try:
            return cls(key)
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
        """Return what two equal texts have in common, without the text."""
        return self.derive(f"digest:{text}").hex()

    def derive(self, purpose: str) -> bytes:
        """Return a key for another purpose."""
        return hmac.new(self._key, purpose.encode(), hashlib.sha256).digest()

    @staticmethod
    def hash_password(password: str) -> str:
        """Return a salted hash."""
        salt = os.urandom(16)
        return base64.b64encode(salt + _scrypt(salt).derive(password.encode())).decode()

    @staticmethod
    def password_matches(password: str, hashed: str) -> bool:
        """Compare a password with a hash."""
        raw = base64.b64decode(hashed)
        try:
            _scrypt(raw[:16]).verify(password.encode(), raw[16:])
        except InvalidKey:
            return False
        return True


def _scrypt(salt: bytes) -> Scrypt:
    return Scrypt(salt=salt, length=32, n=_SCRYPT_COST, r=8, p=1)


def _read_key(path: Path) -> bytes:
    """Read a key that only this user can have put there."""
    # a link or a file of others would make the emulator encrypt with a key that they know
    if path.is_symlink():
        raise ValueError(
            f"the key file {path} is a symbolic link. Remove it, or choose another --data"
        )
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, os.O_RDONLY | flags), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise ValueError(f"the key file {path} is no file. Remove it, or choose another --data")
        if hasattr(os, "geteuid") and about.st_uid != os.geteuid():
            raise ValueError(f"the key file {path} belongs to another user. Choose another --data")
        if hasattr(os, "fchmod") and stat.S_IMODE(about.st_mode) & 0o077:  # a copy, say
            os.fchmod(file.fileno(), 0o600)
        return file.read(1024).strip()  # a key has 44 bytes


def _write_key(path: Path) -> None:
    """Write a new key so that the file has all of it, or does not exist."""
    # a name that nobody can guess, of a new file that only its owner can read
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".new")
    try:
        with open(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(handle)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):  # the name, too, is to survive a power cut
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
