"""The NCAA's directory, daily, on Airflow: sports, conferences and member schools."""

from pipeline_dags import build

dag = build("ncaa_directory_sync")
