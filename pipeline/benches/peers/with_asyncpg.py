"""Upserts by asyncpg: by COPY into a temporary table and a merge, or by executemany as the predecessor did, in batches."""

import asyncio
import csv
import itertools
import sys

import asyncpg

COLUMNS = "(ncaa_id, name, hometown, school_id, games)"
UPSERT = """ON CONFLICT (ncaa_id) DO UPDATE SET name = excluded.name, hometown = excluded.hometown,
  school_id = excluded.school_id, games = excluded.games"""


def rows(file):
    with open(file, newline="") as opened:
        reader = csv.reader(opened)
        next(reader)
        for ncaa_id, name, hometown, school_id, games in reader:
            yield int(ncaa_id), name, hometown or None, int(school_id), int(games)


async def main(way, file, url):
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        if way == "copy":
            await connection.execute("CREATE TEMP TABLE staged (ncaa_id integer, name text, hometown text, school_id bigint, games integer) ON COMMIT DROP")
            await connection.copy_records_to_table("staged", records=rows(file))
            await connection.execute(f"INSERT INTO asyncpg_copy {COLUMNS} SELECT * FROM staged {UPSERT}")
        else:
            source = rows(file)
            while batch := list(itertools.islice(source, 5_000)):
                await connection.executemany(f"INSERT INTO asyncpg_executemany {COLUMNS} VALUES ($1, $2, $3, $4, $5) {UPSERT}", batch)
    await connection.close()


asyncio.run(main(*sys.argv[1:]))
