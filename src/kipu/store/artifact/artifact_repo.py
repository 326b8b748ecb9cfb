"""What plug-ins' artifact stores are made from, under the path that MLflow's users know."""

from kipu.blobs.repository import ArtifactRepository

__all__ = ["ArtifactRepository"]
