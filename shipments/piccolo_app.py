"""The Piccolo app of shipments: its migrations, and what must be migrated before."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="shipments",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[],
    migration_dependencies=["postal.piccolo_app"],
    commands=[],
)
