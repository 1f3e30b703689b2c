"""Make the client for programmers: `python -m tests.client.making build/client`, or `make client`.

The document goes through the generator without a warning, or nothing is made. Media types that the generator does not
know are bytes to it; which there are is read from the document, so a new one needs nothing here. Where a body may be of
several sorts, the client sends the first, since the generator cannot tell them apart.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from openapi_python_client import generate
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.strings import RESERVED_WORDS, snake_case

from postal.app import create_app
from postal.config import Settings
from postal.web.openapi import complete

CONFIGURATION = Path(__file__).parent / "generator.json"
BYTES = "application/octet-stream"
# The generator's own name for what it reads: a field of that name must get another.
RESERVED_WORDS.add("d")


def document():
    """Give the document as it is served."""
    app = create_app(Settings())
    return json.loads(json.dumps(complete(app, app.openapi_schema.to_schema()), default=str))


def configured(described, source, target):
    """Give the generator's configuration for a readable document that lies at `source`."""
    file = ConfigFile.load_from_path(CONFIGURATION)
    file.content_type_overrides = dict.fromkeys(byte_media(described), BYTES)
    file.class_overrides = {
        name: ClassOverride(module_name=f"{snake_case(name)}_model")
        for name, schema in described["components"]["schemas"].items()
        if snake_case(name) in schema.get("properties", {})
    }
    file.package_version_override = version("postal")
    return Config.from_sources(file, MetaType.SETUP, source, "utf-8", overwrite=True, output_path=target)


def operations(described):
    """List the operations."""
    return [operation for path in described["paths"].values() for operation in path.values()]


def readable(described):
    """Leave the first sort that each body may be; text that is sent is bytes too, and says its encoding."""
    for each in operations(described):
        content = each.get("requestBody", {}).get("content", {})
        for further in list(content)[1:]:
            del content[further]
        for media in [media for media in content if media.startswith("text/")]:
            content[f"{media}; charset=utf-8"] = {"schema": {"type": "string", "format": "binary"}}
            del content[media]
    return described


def byte_media(described):
    """List what is bytes: all but JSON, and text that is answered."""
    sent = {
        media for each in operations(described) for media in each.get("requestBody", {}).get("content", ())
    }
    answered = {
        media
        for each in operations(described)
        for answer in each["responses"].values()
        for media in answer.get("content", ())
        if not media.startswith("text/")
    }
    return sorted(media for media in sent | answered if not media.endswith("json"))


def make(target):
    """Generate the package below `target` and build its wheel; gives the wheel. Asks nothing of any network."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    described = readable(document())
    source = target / "openapi.json"
    source.write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    package = target / "postal-client"
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if warned := generate(config=configured(described, source, package)):
        raise SystemExit("\n".join(f"{each.header}: {each.detail}" for each in warned))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--no-index", "-w", target, package], check=True)
    (wheel,) = target.glob("*.whl")
    return wheel


if __name__ == "__main__":
    print(make(Path(sys.argv[1])))  # noqa: T201 - what it is called for
