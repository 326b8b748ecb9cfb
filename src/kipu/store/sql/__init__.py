"""The store on a database, through SQLAlchemy Core: on SQLite today."""
