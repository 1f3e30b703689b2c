import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.errors import PostalError
from postal.identity import keys
from postal.identity.passwords import check_password, hash_password, verify_password

KEY = keys.make_key()


def test_keys_are_well_formed_and_never_alike():
    made = {keys.make_key() for _ in range(100)}
    assert len(made) == 100
    assert all(keys.is_well_formed(key) for key in made)
    assert len({keys.prefix_of(key) for key in made}) == 100


@given(st.data())
def test_one_wrong_sign_in_a_key_is_found_without_the_database(data):
    key = KEY
    place = data.draw(st.integers(0, len(key) - 1))
    sign = data.draw(st.characters(exclude_characters=key[place], exclude_categories=["Cs"]))
    assert not keys.is_well_formed(key[:place] + sign + key[place + 1 :])


@given(st.text(max_size=60))
def test_no_other_text_is_a_key(text):
    assert not keys.is_well_formed(text)


@given(st.data())
def test_an_enrolment_code_survives_how_people_type(data):
    code = keys.make_enrolment_code()
    typed = code.replace("-", data.draw(st.sampled_from(["", " ", "-", " - "])))
    typed = typed.replace("1", data.draw(st.sampled_from(["1", "I", "l"])))
    typed = typed.replace("0", data.draw(st.sampled_from(["0", "O", "o"])))
    assert keys.read_enrolment_code(data.draw(st.sampled_from([typed, typed.lower()]))) == code


@pytest.mark.parametrize("password", ["short", "x" * 129, "password1", "MatKhau123", "nguyen.van.a"])
def test_bad_passwords_are_refused(password):
    with pytest.raises(PostalError) as refusal:
        check_password(password, "nguyen.van.a")
    assert refusal.value.code.startswith("identity.password_")


@pytest.mark.parametrize("password", ["ngựa đúng pin ghim", "x" * 128, "ba con trâu 7"])
def test_long_and_vietnamese_passwords_are_welcome(password):
    check_password(password, "nguyen.van.a")


async def test_a_password_is_recognised_in_either_normal_form():
    stored = await hash_password("ngựa đúng")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await verify_password(stored, "ngựa đúng")
    assert not await verify_password(stored, "ngựa sai")


async def test_without_a_stored_hash_nothing_is_right():
    assert not await verify_password(None, "nobody has this password")
    assert not await verify_password("not a hash", "x")
