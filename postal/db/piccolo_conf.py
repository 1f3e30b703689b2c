"""What Piccolo reads: the engine (which does no I/O when made) and the apps."""

from piccolo.conf.apps import AppRegistry

from postal.db.engine import ENGINE
from postal.registry import PACKAGES

DB = ENGINE
APP_REGISTRY = AppRegistry(apps=[f"{package}.piccolo_app" for package in ("postal", *PACKAGES)])
