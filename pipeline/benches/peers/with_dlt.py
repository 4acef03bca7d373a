"""Upserts by dlt: rows as Python dicts, or as Arrow tables through Parquet and ADBC."""

import csv
import sys

import dlt
import pyarrow.csv

way, file, url = sys.argv[1:]
table = f"dlt_{way}"


def rows():
    if way == "arrow":
        yield from pyarrow.csv.open_csv(file)
        return
    with open(file, newline="") as opened:
        for row in csv.DictReader(opened):
            yield {**row, "ncaa_id": int(row["ncaa_id"]), "hometown": row["hometown"] or None, "school_id": int(row["school_id"]), "games": int(row["games"])}


pipeline = dlt.pipeline(table, destination=dlt.destinations.postgres(url), dataset_name="public")
resource = dlt.resource(rows, name=table, primary_key="ncaa_id", write_disposition={"disposition": "merge", "strategy": "upsert"})
pipeline.run(resource, loader_file_format="parquet" if way == "arrow" else None).raise_on_failed_jobs()
