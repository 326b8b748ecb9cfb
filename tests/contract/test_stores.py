"""Every store keeps every promise."""

from __future__ import annotations

import pytest

from kipu.store.interface import BackingStore, ServedStore, TrackingStore
from kipu.testing import stores
from kipu.testing.contracts.adoption import AdoptingStore


class _OnEvery:
    @pytest.fixture
    def store(self, any_store: TrackingStore) -> TrackingStore:
        return any_store


class TestExperiments(_OnEvery, stores.ExperimentStoreContract):
    pass


class TestEndedRuns(_OnEvery, stores.EndedRunContract): ...


class TestRuns(_OnEvery, stores.RunStoreContract):
    pass


class TestInputs(_OnEvery, stores.InputContract):
    pass


class TestSearches(_OnEvery, stores.SearchContract):
    pass


class TestMetrics(_OnEvery, stores.MetricStoreContract):
    pass


class TestLoggedModels(_OnEvery, stores.LoggedModelStoreContract):
    pass


class TestRegisteredModels(_OnEvery, stores.RegisteredModelStoreContract):
    pass


class TestModelVersions(_OnEvery, stores.ModelVersionStoreContract):
    pass


class TestRegistrySearches(_OnEvery, stores.RegistrySearchContract):
    pass


class TestWebhooks(_OnEvery, stores.WebhookStoreContract):
    pass


class TestDeliveries(stores.DeliveryQueueContract):
    @pytest.fixture
    def store(self, local_store: BackingStore) -> BackingStore:
        return local_store


class TestViews(stores.ViewStoreContract):
    @pytest.fixture
    def store(self, local_store: ServedStore) -> ServedStore:
        return local_store


class TestPurge(stores.PurgeContract):
    @pytest.fixture
    def store(self, local_store: ServedStore) -> ServedStore:
        return local_store


class TestAdoption(stores.AdoptionContract):
    @pytest.fixture
    def store(self, local_store: AdoptingStore) -> AdoptingStore:
        return local_store
