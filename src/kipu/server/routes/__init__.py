"""One module per feature, each with its ``routes``: read the request, call the store, answer."""
