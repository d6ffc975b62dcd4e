"""How a database of an earlier version becomes one of this version. `store/migrate.py` has Alembic run these."""
