"""Reading artifacts, under the path that MLflow's users know."""

from kipu.fluent.downloads import (
    download_artifacts,
    list_artifacts,
    load_dict,
    load_image,
    load_text,
)

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]
