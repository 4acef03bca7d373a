"""Databases of one PostgreSQL server, and what the tests ask of them."""

import json
import os
import subprocess
from urllib.parse import parse_qs, urlsplit

import psycopg2


class Postgres:
    def __init__(self, binary):
        self.binary = binary
        url = subprocess.run([binary, "db", "url"], check=True, capture_output=True, text=True).stdout.strip()
        parts = urlsplit(url)
        self.socket, self.user = parse_qs(parts.query)["host"][0], parts.username

    def create(self, name):
        self.query("pipeline", f'create database "{name}"')
        return name

    def warehouse(self, name):
        """A database with the pipeline's tables."""
        self.create(name)
        self.pipeline(name, "db", "init", "--with-tables")
        return name

    def url(self, name):
        return f"postgresql://{self.user}@localhost/{name}?host={self.socket}"

    def connection(self, name):
        """As an Airflow Connection in an environment variable."""
        return json.dumps({"conn_type": "postgres", "host": self.socket, "login": self.user, "schema": name})

    def query(self, name, sql, *values):
        connection = psycopg2.connect(host=self.socket, user=self.user, dbname=name)
        connection.autocommit = True
        try:
            cursor = connection.cursor()
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def pipeline(self, name, *arguments, env=None, codes=(0,)):
        """Runs the program on a database and gives its standard output."""
        argv = [self.binary, *arguments, "--database-url", self.url(name), "--quiet"]
        done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, **(env or {})})
        assert done.returncode in codes, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout
