"""Writes a CSV file as Parquet beside it."""

import sys
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet

source = Path(sys.argv[1])
pyarrow.parquet.write_table(pyarrow.csv.read_csv(source), source.with_suffix(".parquet"))
