"""Writes the Parquet files beside it, by the tools whose files people have: `pip install pyarrow duckdb; python make.py`."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
UTC = dt.timezone.utc


def write(name, table, **options):
    pq.write_table(table, HERE / f"{name}.parquet", **options)


clubs = pa.table(
    {
        "ncaa_id": pa.array([1, 2], pa.int32()),
        "name": ['A, "B"', "C"],
        "isPrivate": pa.array([True, None]),
        "colors": pa.array([["red", "off white"], None], pa.list_(pa.string())),
        "links": pa.array([{"x": [1]}, None], pa.struct({"x": pa.list_(pa.int64())})),
    }
)
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    write(f"clubs-{codec}", clubs, compression=codec)
write("clubs-pages-2", clubs, data_page_version="2.0", version="2.6", use_dictionary=False, row_group_size=1)
duckdb.sql("SELECT * FROM clubs").write_parquet(str(HERE / "clubs-duckdb.parquet"))

noon = dt.datetime(2025, 2, 14, 12, 30, 15, 250_000)
write(
    "kinds",
    pa.table(
        {
            "n": pa.array([1, 2, 3], pa.int64()),
            "small": pa.array([-128, 127, None], pa.int8()),
            "big": pa.array([-(2**63), 2**63 - 1, None], pa.int64()),
            "huge": pa.array([0, 2**64 - 1, None], pa.uint64()),
            "half": pa.array([0.5, -2.0, None], pa.float16()),
            "float4": pa.array([0.1, float("nan"), None], pa.float32()),
            "float8": pa.array([1e300, float("-inf"), None], pa.float64()),
            "price": pa.array([Decimal("-12.30"), Decimal("99999999.99"), None], pa.decimal128(10, 2)),
            "wide": pa.array([Decimal("1"), Decimal("-" + "9" * 50), None], pa.decimal256(50, 0)),
            "day": pa.array([dt.date(2025, 2, 14), dt.date(1969, 12, 31), None]),
            "at": pa.array([dt.time(12, 30, 15, 250_000), dt.time(0), None], pa.time64("us")),
            "local": pa.array([noon, dt.datetime(1969, 12, 31, 23, 59, 59), None], pa.timestamp("us")),
            "seconds": pa.array([noon.replace(tzinfo=UTC), dt.datetime(1, 1, 1, tzinfo=UTC), None], pa.timestamp("ms", "America/New_York")),
            "nanos": pa.array([noon.replace(tzinfo=UTC), dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), None], pa.timestamp("ns", "UTC")),
            "word": pa.array(["café", "", None]).dictionary_encode(),
            "old_word": pa.array(["café".encode(), b"", None], pa.binary()),
            "data": pa.array([b"\x00\xff", b"", None], pa.binary()),
            "fixed": pa.array([b"\x00\x01", b"ab", None], pa.binary(2)),
            "uid": pa.array([UUID(int=1).bytes, UUID(int=2**128 - 1).bytes, None], pa.uuid()),
            "numbers": pa.array([[1, None, 3], [], None], pa.list_(pa.int32())),
            "days": pa.array([[dt.date(2025, 2, 14)], [None], None], pa.list_(pa.date32())),
            "json_text": pa.array(['{"a": [1, "x"]}', "[]", None]),
            "mapping": pa.array([[("a", 1), ("b", None)], [], None], pa.map_(pa.string(), pa.int32())),
            "nested": pa.array(
                [{"s": 'a "quote"', "l": [{"d": dt.date(2025, 2, 14)}], "f": 1.5, "b": True}, {"s": None, "l": None, "f": None, "b": None}, None],
                pa.struct({"s": pa.string(), "l": pa.list_(pa.struct({"d": pa.date32()})), "f": pa.float64(), "b": pa.bool_()}),
            ),
        }
    ),
)
spark = pa.table({"n": [1, 2], "nanos": pa.array([noon, dt.datetime(1969, 12, 31, 23, 59, 59)], pa.timestamp("ns"))})
write("int96", spark, use_deprecated_int96_timestamps=True)

# Moments and days that no calendar here reaches, also inside of others, beside a row that is well.
far, days = pa.array([0, 2**63 - 1, 0, 0], pa.timestamp("us")), pa.array([0, 0, 2**31 - 1, 0], pa.date32())
nested = pa.StructArray.from_arrays([pa.array([0, 0, 0, 2**63 - 1], pa.timestamp("us"))], ["at"])
write("beyond", pa.table({"n": [1, 2, 3, 4], "local": far, "day": days, "nested": nested}))

# A record of which a field does not fit, beside one that does, and more than one page of them.
count = 300
write(
    "some-refused",
    pa.table(
        {
            "ncaa_id": pa.array(range(count), pa.int32()),
            "name": [None if n == 150 else f"Club {n}" for n in range(count)],
            "founded": pa.array([f"{1800 + n % 200}-01-01" if n != 7 else "someday" for n in range(count)]),
            "links": pa.array(['{"n": 7}'] * count),
        }
    ),
    row_group_size=100,
)
