"""What one DAG makes and another waits for."""

from airflow.sdk import Asset

# A new publication of the marts.
MARTS = Asset(name="marts", uri="ebb://marts")
