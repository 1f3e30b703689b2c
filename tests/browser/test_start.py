"""The house stands and a visitor sees it."""


async def test_a_clerk_is_signed_in_and_nobody_else_is(visit):
    clerk, nobody = await visit("clerk"), await visit()
    assert await clerk.go("/home") == 200
    assert await clerk.page.locator("h1").inner_text()
    await nobody.go("/home")
    assert nobody.page.url.endswith("/sign-in")
