"""What a server says of itself."""

from __future__ import annotations

from msgspec import Struct


class ServerInfo(Struct):
    """Which optional parts a server has; the features of MLflow that Kipu lacks are off."""

    store_type: str | None
    workspaces_enabled: bool = False
    trace_archival_enabled: bool = False
    multipart_uploads_enabled: bool = False
    multipart_downloads_enabled: bool = False
    presigned_upload_run_id_supported: bool = False
    presigned_upload_model_id_supported: bool = False
    features_enabled: dict[str, bool] = {}
