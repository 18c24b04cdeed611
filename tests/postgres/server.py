"""The PostgreSQL server of this run of the tests: one's own in EVSTORE_POSTGRES, or the one that `cluster start` of this folder wrote of."""
import os
import pathlib
import subprocess

SERVER = os.environ.get("EVSTORE_POSTGRES") or pathlib.Path(os.environ["EVSTORE_POSTGRES_SERVER"]).read_text()


def sql(text):
    """What the server answers to these statements: a line a row, values divided by |."""
    return subprocess.run(["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", SERVER,
                           "--command", "set client_min_messages = error;" + text],
                          check=True, capture_output=True, text=True).stdout.strip()
