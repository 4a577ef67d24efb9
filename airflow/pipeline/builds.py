"""A build of all models: the tasks that open a candidate, fill and test it, and publish it or give it up."""

import hashlib
from datetime import timedelta
from typing import Any

from airflow.sdk import TriggerRule, get_current_context, task
from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import InvocationMode, LoadMode, TestBehavior
from cosmos.operators.local import DbtBuildLocalOperator, DbtRunOperationLocalOperator, DbtSourceLocalOperator

from pipeline import failures, settings

LAYERS = ("staging", "intermediate", "marts")
BUILD_ID = "{{ ti.xcom_pull(task_ids='build_id') }}"
_config = settings.load()


@task
def build_id() -> str:
    """The same for every attempt of a run's tasks; a run that is cleared as a whole is another build."""
    run = get_current_context()["dag_run"]
    digest = hashlib.sha256(f"{run.dag_id}/{run.run_id}".encode()).hexdigest()
    return f"p{run.start_date:%Y%m%d%H%M%S}_{digest[:4]}"


def operation(task_id: str, macro: str, args: dict[str, Any], **kwargs: Any) -> DbtRunOperationLocalOperator:
    return DbtRunOperationLocalOperator(
        task_id=task_id, macro_name=macro, args=args, vars={"build_id": BUILD_ID}, **dbt_arguments(), **kwargs
    )


def check_freshness() -> DbtSourceLocalOperator:
    """Old sources are a warning by mail: a quiet night must not stop the figures."""
    return DbtSourceLocalOperator(
        task_id="check_freshness", on_warning_callback=failures.on_warning, retries=0, **dbt_arguments()
    )


def layer(name: str) -> DbtBuildLocalOperator | DbtTaskGroup:
    return by_model(name) if _config.grain == "model" else by_layer(name)


def by_layer(name: str) -> DbtBuildLocalOperator:
    """One `dbt build`: each model's tests right behind it, nothing that depends on a failed one."""
    return DbtBuildLocalOperator(
        task_id=name,
        select=[f"path:models/{name}", *(["path:seeds"] if name == "staging" else [])],
        # A test of several layers waits for the last of them: the marts take all that is left.
        indirect_selection="eager" if name == "marts" else "buildable",
        vars={"build_id": BUILD_ID},
        # It fails for good: what fails is nearly always a test, and tests are not tried again.
        retries=0,
        execution_timeout=timedelta(hours=2),
        **dbt_arguments(),
    )


def by_model(name: str) -> DbtTaskGroup:
    """A task per model and one for its tests; tests of several models are tasks of their own."""
    return DbtTaskGroup(
        group_id=name,
        project_config=ProjectConfig(
            dbt_project_path=_config.dbt_project, manifest_path=_config.dbt_manifest, project_name="ebb",
            install_dbt_deps=False,
        ),
        profile_config=_profile(),
        execution_config=ExecutionConfig(
            dbt_executable_path=str(_config.dbt_executable), invocation_mode=InvocationMode.SUBPROCESS
        ),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_MANIFEST,
            test_behavior=TestBehavior.AFTER_EACH,
            select=[f"path:models/{name}", *(["path:seeds"] if name == "staging" else [])],
            should_detach_multiple_parents_tests=True,
            emit_datasets=False,
        ),
        operator_args={"vars": {"build_id": BUILD_ID}, "append_env": True},
        default_args={"retries": 0},
    )


def give_up() -> DbtRunOperationLocalOperator:
    """Runs only when something before it failed. It ends no run well: the tasks behind the failure stay failed."""
    return operation(
        "give_up",
        "set_state",
        {"id": BUILD_ID, "state": "failed", "reason": "its run in Airflow failed: {{ run_id }}"},
        trigger_rule=TriggerRule.ONE_FAILED,
        retries=0,
    )


def dbt_arguments() -> dict[str, Any]:
    return {
        "project_dir": str(_config.dbt_project),
        "profile_config": _profile(),
        "dbt_executable_path": str(_config.dbt_executable),
        "invocation_mode": InvocationMode.SUBPROCESS,
        # Where the warehouse is, and its password, stand in the environment of Airflow itself.
        "append_env": True,
        "install_deps": False,
        "emit_datasets": False,
    }


def _profile() -> ProfileConfig:
    return ProfileConfig(
        profile_name="ebb", target_name=_config.dbt_target, profiles_yml_filepath=_config.dbt_project / "profiles.yml"
    )
