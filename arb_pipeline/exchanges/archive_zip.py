"""Unpacking a file of Binance's archive, piece by piece.

What belongs here: zip, and what it may hold. What does not: lines (``archive_rows.py``).
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

# Bytes that are unpacked at a time; a line has some 150.
_BLOCK = 2**17
# A month of minutes is 7 MB; what unpacks to more than this is something else.
_LARGEST = 64 * 2**20
# RuntimeError: encrypted, or (NotImplementedError) packed in an unknown way.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    ValueError,
    EOFError,
    RuntimeError,
)


class BrokenArchive(ValueError):  # noqa: N818 - a finding; nothing more is taken from the file
    """The file came as it was published, and is not what it should be."""


def archive_blocks(zipped: bytes, name: str) -> Iterator[str]:
    """The text of a file, some whole lines at a time, unpacked as it is asked for.

    Raises:
        BrokenArchive: the file is no zip of one CSV file of that name: rows name no symbol.
    """
    try:
        with (
            zipfile.ZipFile(io.BytesIO(zipped)) as archive,
            archive.open(_member(archive, name)) as unpacked,
        ):
            begun = ""
            while block := unpacked.read(_BLOCK):
                whole, newline, rest = (begun + block.decode("ascii")).rpartition("\n")
                if newline:
                    yield whole
                begun = rest
            if begun:
                yield begun
    except _UNREADABLE as error:
        raise BrokenArchive(f"it can't be unpacked: {error}") from error


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    (member,) = archive.infolist()
    if member.filename != name:
        raise ValueError(f"it holds {member.filename}")
    if member.file_size > _LARGEST:
        raise ValueError(f"{member.file_size:,} bytes")
    return member
