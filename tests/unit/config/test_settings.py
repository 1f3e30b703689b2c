"""Sources, their order, and the words of a mistake."""

import stat
from pathlib import Path

import msgspec
import pytest

from postal.config import SECRET_KEYS, Settings, SettingsError, code_key, load_settings, redacted


def test_without_sources_the_defaults_hold():
    assert load_settings({"HOME": "/root", "PATH": "x"}) == Settings()
    assert Settings().database.dsn is None
    assert Settings().folder == Path.cwd() / ".data"


def test_later_sources_win(tmp_path):
    file = tmp_path / "postal.toml"
    file.write_text('data = "/from/file"\n[database]\ndsn = "file"\npool_max = 3\n[web]\nport = 1\n')
    secret = tmp_path / "dsn"
    secret.write_text("secret\n")
    settings = load_settings(
        {
            "POSTAL_CONFIG": str(file),
            "POSTAL_DATABASE__DSN": "environment",
            "POSTAL_DATABASE__DSN_FILE": str(secret),
            "POSTAL_WEB__PORT": "8100",
        }
    )
    assert settings.database.dsn == "secret"
    assert settings.database.pool_max == 3
    assert settings.web.port == 8100
    assert settings.data == "/from/file"


def test_text_becomes_what_the_setting_is():
    settings = load_settings(
        {
            "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY": "true",
            "POSTAL_DATABASE__CONNECT_TIMEOUT_S": "0.5",
            "POSTAL_CLOCK": "simulated",
        }
    )
    assert settings.database.allow_unsafe_durability is True
    assert settings.database.connect_timeout_s == 0.5
    assert settings.clock == "simulated"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("POSTAL_DATABASE__DNS", "database.dns"),
        ("POSTAL_DATABSE__DSN", "databse"),
        ("POSTAL_PORT", "port"),
        ("POSTAL_CLOCK__MODE", "clock"),
        ("POSTAL_WEB__PORT__X", "web.port"),
    ],
)
def test_an_unknown_key_is_an_error_that_names_it(name, key):
    with pytest.raises(SettingsError, match=key):
        load_settings({name: "1"})


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"POSTAL_WEB__PORT": "many"}, "web.port"),
        ({"POSTAL_CLOCK": "sundial"}, "clock"),
        ({"POSTAL_DATABASE__DSN_FILE": "/nowhere"}, "POSTAL_DATABASE__DSN_FILE"),
        ({"POSTAL_CONFIG": "/nowhere.toml"}, "nowhere.toml"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_place(environ, said):
    with pytest.raises(SettingsError, match=said):
        load_settings(environ)


def test_a_torn_file_is_an_error(tmp_path):
    (tmp_path / "x.toml").write_text("[database")
    with pytest.raises(SettingsError, match=r"x\.toml"):
        load_settings({}, tmp_path / "x.toml")


def test_test_variables_are_no_settings():
    assert load_settings({"POSTAL_TEST_PROFILE": "full"}) == Settings()


def test_a_list_is_one_variable_with_commas():
    given = {
        "POSTAL_OUTGOING__TRUSTED": "http://10.0.0.5:8080, https://gw.local:443",
        "POSTAL_WEB__ALLOWED_HOSTS": "",
    }
    settings = load_settings(given)
    assert settings.outgoing.trusted == ("http://10.0.0.5:8080", "https://gw.local:443")
    assert settings.web.allowed_hosts == ()


def test_every_key_and_secret_is_known_as_one():
    for section in msgspec.structs.fields(Settings):
        for field in msgspec.structs.fields(section.type) if isinstance(section.type, type(Settings)) else ():
            if any(word in field.name for word in ("secret", "password", "key")):
                assert field.name in SECRET_KEYS, f"{section.name}.{field.name}"


def test_nothing_secret_is_shown():
    shown = str(
        redacted(
            load_settings(
                {
                    "POSTAL_DATABASE__DSN": "postgresql://app:hunter2@db/postal",
                    "POSTAL_REDIS__DSN": "redis://:hunter2@queue:6379",
                    "POSTAL_SECRETS__CODE_KEY": "aabbcc",
                }
            )
        )
    )
    assert "hunter2" not in shown
    assert "aabbcc" not in shown
    assert "postgresql://app:***@db/postal" in shown


def test_the_code_key_is_made_once_and_is_private(tmp_path):
    settings = load_settings({"POSTAL_DATA": str(tmp_path / "data")})
    key = code_key(settings)
    assert len(key) == 32
    assert code_key(settings) == key
    assert stat.S_IMODE((tmp_path / "data" / "code_key").stat().st_mode) == 0o600


def test_a_given_code_key_is_used(tmp_path):
    settings = load_settings({"POSTAL_DATA": str(tmp_path), "POSTAL_SECRETS__CODE_KEY": "00" * 16})
    assert code_key(settings) == bytes(16)
    assert list(tmp_path.iterdir()) == []
