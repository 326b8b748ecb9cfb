"""Every kind of data set source by the name of its class, plug-ins among them."""

from kipu.data.dataset_source_registry import get_registered_sources


def __getattr__(name: str) -> object:
    for kind in reversed(get_registered_sources()):
        if kind.__name__ == name:
            return kind
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(kind.__name__ for kind in get_registered_sources())})
