"""Weights of a logged model that was saved by its name, put beside it after all."""

from __future__ import annotations

import logging
import posixpath
import tempfile
from pathlib import Path

from kipu.blobs.transfer import upload_folder
from kipu.flavors.transformers import keys
from kipu.flavors.transformers.conf import persisted
from kipu.flavors.transformers.loading import load
from kipu.flavors.transformers.sources import Source
from kipu.flavors.transformers.weights import write_weights
from kipu.models.model import MLMODEL_FILE_NAME, Model
from kipu.models.pyfunc_conf import flavor_conf
from kipu.models.stored_files import changeable_place

_log = logging.getLogger(__name__)


def persist_pretrained_model(model_uri: str) -> None:
    """Save the weights of a model that was logged with ``save_pretrained=False``.

    They are fetched from the hub, at the commit that was noted. A model that has its weights
    stays as it is.

    Args:
        model_uri: ``models:/<model id>``, ``runs:/<run id>/<name>`` or a folder.

    Raises:
        InvalidParameter: It is a version of a registered model, which stays as it is.
        ResourceNotFound: There is no such model.
    """
    place = changeable_place(str(model_uri))
    with tempfile.TemporaryDirectory(prefix="kipu-") as parent:
        folder = Path(place.fetch(parent))
        conf = flavor_conf(folder, keys.FLAVOR_NAME)
        if keys.MODEL_BINARY in conf:
            _log.info("The model at %s has its weights already.", model_uri)
            return
        pipeline = load(folder, conf)
        changed = persisted(conf)
        source = Source(conf[keys.TASK], conf[keys.MODEL_NAME], pipeline)
        write_weights(source, changed, None, folder)
        model = Model.load(folder)
        model.add_flavor(keys.FLAVOR_NAME, **changed)
        model.save(folder / MLMODEL_FILE_NAME)
        # The description comes last: until then the model is what it was.
        for name in (keys.MODEL_FOLDER, keys.COMPONENTS_FOLDER):
            if (folder / name).is_dir():
                upload_folder(place.blobs, folder / name, posixpath.join(place.path, name))
        place.blobs.put_file(
            posixpath.join(place.path, MLMODEL_FILE_NAME), folder / MLMODEL_FILE_NAME
        )
