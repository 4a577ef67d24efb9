"""Everything that differs between a laptop, compose and a test, from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# A process and a task per model, or per layer: see README.md.
GRAINS = ("layer", "model")
# Kind and source of every run of models that customer_segmentation asks for.
MODELS = "rfm_segments:retail_files, behaviour_clusters:shop, clv:retail, churn_scores:retail"


@dataclass(frozen=True)
class Settings:
    dbt_project: Path
    dbt_executable: Path
    # Made by `dbt parse` when Airflow starts; only the grain "model" reads it.
    dbt_manifest: Path
    dbt_target: str
    grain: str
    lake_python: Path
    lake_folder: Path
    models: tuple[tuple[str, str], ...]
    mail_from: str
    recipients: tuple[str, ...]
    retries: int
    retry_delay_seconds: int
    # Older marts are an alert.
    marts_deadline_hours: float


def load(env: dict[str, str] | None = None) -> Settings:
    env = dict(os.environ) if env is None else env
    grain = env.get("EBB_AIRFLOW_GRAIN") or "layer"
    if grain not in GRAINS:
        raise ValueError(f'EBB_AIRFLOW_GRAIN is "{grain}"; it must be one of {", ".join(GRAINS)}')
    recipients = tuple(filter(None, (one.strip() for one in env.get("EBB_ALERT_RECIPIENTS", "").split(","))))
    return Settings(
        dbt_project=Path(env.get("EBB_DBT_PROJECT") or REPOSITORY / "dbt"),
        dbt_executable=Path(env.get("EBB_DBT_EXECUTABLE") or REPOSITORY / ".venv" / "dbt" / "bin" / "dbt"),
        dbt_manifest=Path(env.get("EBB_DBT_MANIFEST") or REPOSITORY / ".ebb" / "airflow" / "manifest" / "manifest.json"),
        dbt_target=env.get("EBB_DBT_TARGET") or "embedded",
        grain=grain,
        lake_python=Path(env.get("EBB_LAKE_PYTHON") or REPOSITORY / ".venv" / "lake" / "bin" / "python"),
        lake_folder=REPOSITORY / "services" / "segmentation-worker" / "lake",
        models=_models(env.get("EBB_AIRFLOW_MODELS") or MODELS),
        mail_from=env.get("EBB_MAIL_FROM") or "ebb@ebb.example",
        # More than one: a mailbox that only one person reads is no alarm.
        recipients=recipients or ("data-team@ebb.example", "operations@ebb.example"),
        retries=int(env.get("EBB_AIRFLOW_RETRIES") or 3),
        retry_delay_seconds=int(env.get("EBB_AIRFLOW_RETRY_DELAY_SECONDS") or 120),
        marts_deadline_hours=float(env.get("EBB_MARTS_DEADLINE_HOURS") or 7),
    )


def _models(text: str) -> tuple[tuple[str, str], ...]:
    items = [tuple(one.strip().split(":")) for one in text.split(",") if one.strip()]
    if bad := next((one for one in items if len(one) != 2 or not all(part.isidentifier() for part in one)), None):
        raise ValueError(f'EBB_AIRFLOW_MODELS holds "{":".join(bad)}"; it must be kind:source, kind:source, …')
    return tuple((kind, source) for kind, source in items)
