"""Files whose bytes depend on their content alone: fixed dates, no addresses."""

import io
import json
import re
import zipfile

import numpy as np

DATE = (2026, 1, 1, 0, 0, 0)
DATE_SAVED = "2026-01-01@00:00:00"
# Small files stay stored, as Keras and NumPy write them. Larger ones are mostly the empty space of
# HDF5's groups and of npy headers; their large members are deflated, which readers take as well.
STORED_BELOW_BYTES = 12_500
DEFLATED_FROM_BYTES = 1_000


def write_zip(path: str, members: dict[str, bytes]) -> None:
    """Writes the members in order, all with the same date."""
    small = sum(len(content) for content in members.values()) < STORED_BELOW_BYTES
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, DATE)
            info.external_attr = 0o600 << 16
            stored = small or len(content) < DEFLATED_FROM_BYTES
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=9)


def write_npz(path: str, arrays: dict[str, np.ndarray]) -> None:
    """`numpy.savez` without the time of day."""
    members = {}
    for name, array in arrays.items():
        buffer = io.BytesIO()
        np.save(buffer, np.asarray(array), allow_pickle=False)
        members[name + ".npy"] = buffer.getvalue()
    write_zip(path, members)


def write_json(path: str, value) -> None:
    """Readable JSON with a newline at the end."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(value, indent=1) + "\n")


def number_shared_objects(config: str) -> str:
    """Replaces the addresses that Keras writes as `shared_object_id` by 1, 2, 3, ..."""
    numbers: dict[str, int] = {}

    def number(match: re.Match) -> str:
        return match[1] + str(numbers.setdefault(match[2], len(numbers) + 1))

    return re.sub(r'("shared_object_id": )(\d+)', number, config)


def normalize_keras_file(path: str) -> None:
    """Rewrites a `.keras` file of Keras with fixed dates and numbered shared objects.

    Members, their order, the JSON and the HDF5 file stay as Keras wrote them.
    """
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = DATE_SAVED
    members["metadata.json"] = json.dumps(metadata).encode()
    members["config.json"] = number_shared_objects(members["config.json"].decode()).encode()
    write_zip(path, members)
