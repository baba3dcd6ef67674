"""The database: the only place that knows SQL, and `database.py` the only one that knows SQLite from PostGIS."""
