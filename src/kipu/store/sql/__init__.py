"""The store on a database, through SQLAlchemy Core: SQLite today, server engines by the same SQL."""
