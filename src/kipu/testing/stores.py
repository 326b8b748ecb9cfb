"""What every store must do, as tests to inherit: each class asks for a fixture ``store``.

    class TestExperiments(ExperimentStoreContract):
        @pytest.fixture
        def store(self) -> Iterator[TrackingStore]: ...

The store is empty at first, and trusts its caller as ``kipu.store.interface`` says.
"""

from kipu.testing.contracts.adoption import AdoptionContract
from kipu.testing.contracts.ended_runs import EndedRunContract
from kipu.testing.contracts.experiments import ExperimentStoreContract
from kipu.testing.contracts.inputs import InputContract
from kipu.testing.contracts.logged_models import LoggedModelStoreContract
from kipu.testing.contracts.metrics import MetricStoreContract
from kipu.testing.contracts.model_versions import ModelVersionStoreContract
from kipu.testing.contracts.purge import PurgeContract
from kipu.testing.contracts.registered_models import RegisteredModelStoreContract
from kipu.testing.contracts.registry_searches import RegistrySearchContract
from kipu.testing.contracts.runs import RunStoreContract
from kipu.testing.contracts.searches import SearchContract
from kipu.testing.contracts.views import ViewStoreContract
from kipu.testing.contracts.webhooks import DeliveryQueueContract, WebhookStoreContract

__all__ = [
    "AdoptionContract",
    "DeliveryQueueContract",
    "EndedRunContract",
    "ExperimentStoreContract",
    "InputContract",
    "LoggedModelStoreContract",
    "MetricStoreContract",
    "ModelVersionStoreContract",
    "PurgeContract",
    "RegisteredModelStoreContract",
    "RegistrySearchContract",
    "RunStoreContract",
    "SearchContract",
    "ViewStoreContract",
    "WebhookStoreContract",
]
