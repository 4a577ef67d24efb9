"""What the DAGs share. Airflow asks, waits and tells; what is done, and how, stands in dbt and in the services."""
