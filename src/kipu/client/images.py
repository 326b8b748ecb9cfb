"""Images of runs, single or as a series of steps."""

from __future__ import annotations

import re
import time
import uuid
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kipu.client.artifacts import ArtifactsClient
from kipu.client.operations import RunOperations
from kipu.entities.tag_names import MLFLOW_LOGGED_IMAGES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import PIL.Image

_KEY = re.compile(r"[a-zA-Z0-9_\-./ ]+")
_COMPRESSED_SIDE = 256
_MISSING = "Images need Pillow; install it with: pip install pillow"


class Image:
    """A picture that can be logged, alone or in a table's cell.

    Args:
        image: A path, a Pillow image, an array (height, width) or (height, width, 1 | 3 | 4) of
            integers from 0 to 255 or floats from 0 to 1, or the same as nested lists.
    """

    def __init__(self, image: npt.NDArray[Any] | PIL.Image.Image | str | list[Any]) -> None:
        self.image = to_pil(image)
        self.size: tuple[int, int] = self.image.size

    def to_list(self) -> list[Any]:
        """The pixels, row by row."""
        pixels = self.to_array()
        return [
            value if pixels.ndim == 2 else tuple(value)
            for value in pixels.reshape(-1, *pixels.shape[2:]).tolist()
        ]

    def to_array(self) -> npt.NDArray[Any]:
        """The pixels as an array."""
        import numpy as np  # noqa: PLC0415 - loaded when pictures are used

        return np.array(self.image)

    def to_pil(self) -> PIL.Image.Image:
        """The picture as Pillow's object."""
        return self.image

    def save(self, path: str | Path) -> None:
        """Write it to a file, in the format that the name says."""
        self.image.save(path)

    def resize(self, size: tuple[int, int]) -> Image:
        """A copy of another size (width, height)."""
        return Image(self.image.resize(size))


class ImagesClient(ArtifactsClient):
    """What can be done with images."""

    def log_image(
        self,
        run_id: str,
        image: npt.NDArray[Any] | PIL.Image.Image | Image,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> RunOperations | None:
        """Write an image to a file of the run, or as one step of a series.

        Args:
            run_id: The run.
            image: See ``Image``.
            artifact_file: File to write; or else:
            key: Name of the series: letters, digits, space and ``_ - . /``.
            step: Place in the series; left out, 0.
            timestamp: Milliseconds since the Unix epoch; left out, now.
            synchronous: False writes a step of a series in the background.

        Raises:
            TypeError: It is no image, or both or neither of ``artifact_file`` and ``key`` are
                given.
            ValueError: The key or the pixels are refused.
        """
        if artifact_file is not None and (key, step, timestamp) != (None, None, None):
            raise TypeError("log_image takes either artifact_file, or key with step and timestamp.")
        if artifact_file is None and key is None:
            raise TypeError("log_image needs artifact_file, or the key of a series of images.")
        if isinstance(image, str | list):
            raise TypeError(
                f"log_image takes an array, a Pillow image or a kipu.Image, not {type(image)}."
            )
        picture = to_pil(image)
        if artifact_file is not None:
            self._save(run_id, picture, artifact_file)
            return None
        assert key is not None
        name = _series_name(key, step or 0, timestamp or time.time_ns() // 1_000_000)
        small = compressed(picture)

        def save() -> None:
            self._save(run_id, picture, f"{name}.png")
            self._save(run_id, small, f"{name}+compressed.webp")

        operations = self._tracking.later(save, synchronous)
        self._tracking.tag_once(run_id, MLFLOW_LOGGED_IMAGES, "True")
        return operations

    def _save(self, run_id: str, picture: PIL.Image.Image, artifact_file: str) -> None:
        with self._new_file(run_id, artifact_file) as place:
            picture.save(place)


def compressed(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A copy whose longer side has 256 pixels, quick to show in a list."""
    width, height = picture.size
    scale = _COMPRESSED_SIDE / max(width, height)
    return picture.resize((max(1, int(width * scale)), max(1, int(height * scale))))


def to_pil(image: Any) -> PIL.Image.Image:
    """Any kind of image as Pillow's object.

    Raises:
        ImportError: Pillow is not installed.
        TypeError: It is no image.
        ValueError: Shape or pixel values are not an image's.
    """
    try:
        import PIL.Image  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError(_MISSING) from error
    import numpy as np  # noqa: PLC0415

    match image:
        case Image():
            return image.image
        case PIL.Image.Image():
            return image
        case str() | Path():
            return PIL.Image.open(image)
        case list():
            return PIL.Image.fromarray(_pixels(np.array(image)))
        case np.ndarray():
            return PIL.Image.fromarray(_pixels(image))
    raise TypeError(
        f"{type(image).__module__}.{type(image).__name__} is no image; give an array, a Pillow "
        "image, or a kipu.Image."
    )


def _series_name(key: str, step: int, timestamp: int) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(
            f"The key {key!r} of an image may hold letters, digits, spaces and _ - . / only."
        )
    name = key.replace("/", "~")  # a slash would make folders
    return f"images/{name}+step+{step}+timestamp+{timestamp}+{uuid.uuid4()}"


def _pixels(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The array as bytes of the shape that Pillow knows."""
    if array.dtype.kind not in "biuf":
        raise TypeError(f"An image needs numbers or truth values, not {array.dtype}.")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise ValueError(
            f"An image has the shape (height, width) or (height, width, 1, 3 or 4), not "
            f"{array.shape}."
        )
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype.kind in "iu":
        if array.size and (array.min() < 0 or array.max() > 255):
            raise ValueError(
                f"Integer pixels go from 0 to 255; these go from {array.min()} to {array.max()}."
            )
        return array.astype("uint8")
    if array.size and (array.min() < 0 or array.max() > 1):
        low, high = array.min(), array.max()
        warnings.warn(
            f"Float pixels go from 0 to 1; these, from {low} to {high}, are rescaled.",
            stacklevel=5,
        )
        array = (array - low) / (high - low)
    return (array * 255).astype("uint8")
