"""Statements to the database of a shop in containers, which publishes none: a small program beside web passes them on."""

import json
import subprocess
from typing import Any

# Answers each line of [statement, parameters] with a line of rows. Straight to PostgreSQL; anew when it was restarted.
_PROGRAM = r"""
import json, os, sys
import psycopg

def connect():
    folder = os.environ.get("SECRETS_DIR", "/run/secrets/dhakacart")
    with open(folder + "/database_password") as file:
        password = file.read().strip()
    return psycopg.connect(
        host="postgres", dbname=os.environ["DATABASE_NAME"], user=os.environ["DATABASE_USER"], password=password,
        sslmode=os.environ["DATABASE_SSLMODE"], sslrootcert=os.environ["DATABASE_CA_FILE"],
        autocommit=True, connect_timeout=5)

def lives(connection):
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True

connection = None
for line in sys.stdin:
    statement, parameters = json.loads(line)
    try:
        if connection is None or not lives(connection):
            connection = connect()
        cursor = connection.execute(statement, parameters)
        answer = {"rows": cursor.fetchall() if cursor.description else []}
    except psycopg.Error as error:
        answer = {"error": str(error)}
    print(json.dumps(answer, default=str), flush=True)
"""


class DatabaseError(Exception):
    """What PostgreSQL, or the way to it, has said."""


class ContainerDatabase:
    """`inside` is the command that runs another one in web's container with standard input: `docker exec -i <id>`."""

    def __init__(self, inside: list[str]) -> None:
        self._command = [*inside, "python", "-c", _PROGRAM]
        self._process: subprocess.Popen[str] | None = None

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement, of JSON's types (others as text). Raises DatabaseError."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            print(json.dumps([statement, parameters]), file=process.stdin, flush=True)
            line = process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            self.close()
            raise DatabaseError("the way to it has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise DatabaseError(answer["error"])
        return [tuple(row) for row in answer["rows"]]

    def close(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        process.communicate()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self._process
