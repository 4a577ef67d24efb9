"""Makes the login `admin`, or gives it the password that the secrets say."""

import os

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from werkzeug.security import check_password_hash

USER = "admin"


def main() -> None:
    password = os.environ.pop("EBB_ADMIN_PASSWORD")
    with get_application_builder() as builder:
        manager = builder.sm
        known = manager.find_user(username=USER)
        if known is None:
            role = manager.find_role("Admin")
            if not manager.add_user(USER, "Ebb", "Admin", "admin@ebb.example", role, password):
                raise SystemExit("the login could not be made; Airflow's own message stands above")
        elif not check_password_hash(known.password, password):
            manager.reset_password(known.id, password)


if __name__ == "__main__":
    main()
