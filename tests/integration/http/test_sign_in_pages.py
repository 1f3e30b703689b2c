"""Pages that work without JavaScript: first page, sign-in, workplace, language, banner."""

import httpx
import pytest
from msgspec.structs import replace

from postal import clock as clock_port
from postal.app import create_app
from postal.identity.access import access_of
from postal.identity.rules import Actor, Role
from postal.identity.service import register_person
from postal.identity.service.people import NewAssignment
from postal.network.service import seed_operator
from postal.registry import plugins
from postal.web.navigation import navigation_for
from tests.factories.pages import check_page

OPERATOR = Actor(kind="key", id="test", organisation="VN", roles=frozenset({Role.ADMIN}), national=True)
PASSWORD = "cầu Long Biên lúc bình minh"


@pytest.fixture
async def person(app):
    await seed_operator()
    await register_person(
        code="NV-001",
        name="Trần Thị Test",
        login="Test@Post.vn",
        password=PASSWORD,
        assignments=[NewAssignment(role=Role.CLERK, organisation="VN")],
        actor=OPERATOR,
        now=await clock_port.now(),
    )
    return "NV-001"


async def sign_in(ask, **form):
    return await ask.post("/sign-in", data={"login": "test@post.vn", "password": PASSWORD, **form})


@pytest.mark.parametrize("address", ["/", "/sign-in", "/t", "/nothing", "/problems"])
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_page_is_sound_in_both_languages(ask, address, language):
    answer = await ask.get(f"{address}?lang={language}", headers={"Accept": "text/html"})
    check_page(answer, language)


async def test_the_language_that_was_chosen_stays(ask):
    await ask.get("/?lang=en")
    assert "Where is your dossier?" in check_page(await ask.get("/"), "en")
    await ask.get("/?lang=vi")
    assert "Hồ sơ của ông/bà đang ở đâu?" in check_page(await ask.get("/"))


async def test_a_person_signs_in_sees_the_workplace_and_signs_out(ask, person):
    answer = await sign_in(ask)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    text = check_page(await ask.get("/home"))
    assert "NV-001" in text
    assert "Giao dịch viên" in text
    assert "Đơn vị vận hành hệ thống" in text
    assert "Clerk" in check_page(await ask.get("/home?lang=en"), "en")
    assert (await ask.get("/sign-in")).headers["location"] == "/home"
    out = await ask.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert (await ask.get("/home", headers={"Accept": "text/html"})).headers["location"] == "/sign-in"


async def test_an_ended_session_is_of_no_use_to_whoever_kept_the_cookie(ask, person):
    await sign_in(ask)
    kept = dict(ask.cookies)
    await ask.post("/sign-out")
    ask.cookies.update(kept)
    assert (await ask.get("/home", headers={"Accept": "text/html"})).status_code == 303


@pytest.mark.parametrize("form", [{"password": "sai mật khẩu rồi"}, {"login": "nobody@post.vn"}])
async def test_a_wrong_login_and_a_wrong_password_are_answered_alike(ask, person, form):
    answer = await sign_in(ask, **form)
    assert answer.status_code == 401
    text = check_page(answer)
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in text
    assert "set-cookie" not in answer.headers
    assert PASSWORD not in text


async def test_what_was_typed_comes_back_escaped(ask, person):
    answer = await sign_in(ask, login='"><script>alert(1)</script>')
    assert "<script>alert" not in check_page(answer)


async def test_over_https_the_cookie_is_bound_to_the_host(app, person):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://post.vn") as asking:
        answer = await sign_in(asking)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "strict-transport-security" in answer.headers
        assert (await asking.get("/home")).status_code == 200


async def test_a_page_of_a_simulated_system_says_so(ask, settings):
    assert "Đồng hồ mô phỏng" not in (await ask.get("/")).text
    transport = httpx.ASGITransport(app=create_app(replace(settings, clock="simulated")))
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as asking:
        for address in ("/", "/sign-in", "/nothing"):
            text = check_page(await asking.get(address, headers={"Accept": "text/html"}))
            assert "Đồng hồ mô phỏng" in text


async def test_the_language_switch_keeps_what_was_asked(ask):
    assert 'href="/?lang=en"' in check_page(await ask.get("/"))
    text = check_page(await ask.get("/nothing?a=&lang=en&b=1", headers={"Accept": "text/html"}), "en")
    assert 'href="/nothing?a=&amp;b=1&amp;lang=vi"' in text


async def test_a_refusal_says_what_to_do_and_a_part_of_a_page_leads_to_the_sign_in(ask, person):
    absent = await ask.get("/nothing", headers={"Accept": "text/html"})
    assert absent.status_code == 404
    assert "Hãy kiểm tra lại địa chỉ" in check_page(absent)
    failed = await ask.get("/probe-page-failure/x?lang=en", headers={"Accept": "text/html"})
    assert failed.status_code == 500
    text = check_page(failed, "en")
    assert "our fault" in text
    assert 'href="/probe-page-failure/x"' in text
    asked = await ask.get("/home", headers={"Accept": "text/html", "HX-Request": "true"})
    assert (asked.status_code, asked.headers["hx-redirect"]) == (401, "/sign-in")


async def test_no_script_is_loaded_where_no_page_asks_for_it(ask, person):
    assert "<script" not in (await ask.get("/")).text
    await sign_in(ask)
    assert "<script" not in (await ask.get("/home")).text


async def test_whoever_is_offered_a_link_may_follow_it(app):
    access = {route.path: access_of(route.route_handler_map["GET"][0]) for route in _got(app)}
    offered = [link for plugin in plugins() for link in getattr(plugin, "NAVIGATION", ())]
    assert len(offered) > 10
    for link in offered:
        allowed = access[link.address].roles
        assert allowed is None or (link.roles and link.roles <= allowed), link.address
    everything = Actor(kind="session", id="p", person="p", roles=frozenset(Role))
    assert len({link.address for link in offered}) == len(offered) == len(navigation_for(everything))


def _got(app):
    return [route for route in app.routes if "GET" in getattr(route, "route_handler_map", {})]
