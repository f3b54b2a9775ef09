"""The gateway's database: SQLite by default, PostgreSQL by `DATABASE_URL`."""
