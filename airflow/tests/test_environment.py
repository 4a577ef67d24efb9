"""From Ebb's settings to Airflow's."""

import json

import pytest

from environment import SettingMissing, airflow_environment

SETTINGS = {
    "EBB_AIRFLOW_HOME": "/home/airflow",
    "EBB_AIRFLOW_DATABASE_URL": "postgresql://ebb_airflow:p%40ss@db/airflow?sslmode=require",
    "EBB_POSTGRES_URL": "postgresql://ebb_airflow:p%40ss@db/ebb?sslmode=require",
    "EBB_CLICKHOUSE_URL": "https://ebb:pass@warehouse/",
    "EBB_AIRFLOW_FERNET_KEY": "fernet",
    "EBB_AIRFLOW_API_SECRET": "api",
    "EBB_AIRFLOW_JWT_SECRET": "jwt",
    "EBB_AIRFLOW_ADMIN_PASSWORD": "admin",
}


def test_addresses_keep_their_login_options_and_usual_ports():
    env = airflow_environment(SETTINGS)
    postgres = json.loads(env["AIRFLOW_CONN_EBB_POSTGRES"])
    assert (postgres["port"], postgres["password"], postgres["extra"]) == (5432, "p@ss", {"sslmode": "require"})
    clickhouse = json.loads(env["AIRFLOW_CONN_EBB_CLICKHOUSE"])
    assert (clickhouse["port"], clickhouse["extra"], clickhouse["schema"]) == (8443, {"secure": True}, "marts")
    assert env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].endswith("@db/airflow?sslmode=require")


def test_a_secret_may_stand_in_a_file_and_is_handed_on_once(tmp_path):
    file = tmp_path / "jwt"
    file.write_text("from a file\n")
    settings = {name: value for name, value in SETTINGS.items() if name != "EBB_AIRFLOW_JWT_SECRET"}
    env = airflow_environment({**settings, "EBB_AIRFLOW_JWT_SECRET_FILE": str(file)})
    assert env["AIRFLOW__API_AUTH__JWT_SECRET"] == "from a file"
    assert "EBB_AIRFLOW_ADMIN_PASSWORD" not in env


def test_a_setting_that_misses_is_named():
    with pytest.raises(SettingMissing, match="EBB_AIRFLOW_FERNET_KEY"):
        airflow_environment({name: value for name, value in SETTINGS.items() if name != "EBB_AIRFLOW_FERNET_KEY"})


def test_the_webhook_is_a_connection_that_is_there_in_any_case():
    for settings in (SETTINGS, {**SETTINGS, "EBB_SLACK_WEBHOOK_URL": "off"}):
        assert json.loads(airflow_environment(settings)["AIRFLOW_CONN_EBB_SLACK"])["password"] is None
    env = airflow_environment({**SETTINGS, "EBB_SLACK_WEBHOOK_URL": "https://hooks.example/secret"})
    assert json.loads(env["AIRFLOW_CONN_EBB_SLACK"])["password"] == "https://hooks.example/secret"
    assert "EBB_SLACK_WEBHOOK_URL" not in env
