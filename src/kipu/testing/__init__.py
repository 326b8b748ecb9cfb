"""For tests of Kipu and of its plugins: contracts of stores, a real server, a real browser."""
