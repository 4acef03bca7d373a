"""Teams, rosters and statistics of the season, weekly, on Airflow; Niche and awards where they are on."""

from pipeline_dags import build

dag = build("weekly_stats_sync")
