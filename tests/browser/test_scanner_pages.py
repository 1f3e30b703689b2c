"""Pages about scanners: the test of a scanner by one code, the sheet of settings, the camera."""

import io
import tempfile
from pathlib import Path

import httpx
import pypdfium2
import pytest
from PIL import Image
from playwright.async_api import async_playwright

from manifests.stations.pages.words import COMMANDS, TEST_CODE
from tests.browser.chromium import FLAGS, Watch, executable
from tests.factories.documents import by_zbar, by_zxing
from tests.factories.typing import ENDS, keys_of, through_hook

PRESS = """(keys) => {
  let at = performance.now();
  for (const key of keys) {
    at += key.gap;
    const event = new KeyboardEvent("keydown", {key: key.key, code: key.code, shiftKey: !!key.shift,
      ctrlKey: !!key.ctrl, bubbles: true, cancelable: true});
    Object.defineProperty(event, "timeStamp", {value: at});
    document.body.dispatchEvent(event);
  }
}"""


def scanned(text, gap, end="CR", method=None):
    gaps = [gap] * len(text)
    keys = through_hook(text, method, gaps) if method else [{**key, "gap": gap} for key in keys_of(text)]
    return keys + [{**key, "gap": gap} for key in ENDS[end]]


@pytest.mark.parametrize("language", ["vi", pytest.param("en", marks=pytest.mark.slow)])
async def test_the_self_test_says_how_a_scanner_is_set_and_what_to_change(visit, language):
    visitor = await visit()
    page = visitor.page
    assert await visitor.go(f"/scan/self-test?lang={language}") == 200
    findings = page.locator("#findings")
    told = {
        "vi": (
            "Không làm đổi mã",
            "Telex",
            "VNI",
            "chữ thường",
            "0,25 giây",
            "]C0",
            "Không phải mã thử",
            "khác bàn phím",
        ),
        "en": (
            "Do not change codes",
            "Telex",
            "VNI",
            "small",
            "quarter",
            "]C0",
            "Not the test code",
            "different layouts",
        ),
    }[language]
    await page.evaluate(PRESS, scanned(TEST_CODE, 4))
    await findings.get_by_text(told[0]).wait_for()
    assert await findings.locator(".bad, .warn").count() == 0
    text = await findings.inner_text()
    assert ("4 ms" in text, "Enter (CR)" in text) == (True, True)
    for method, word in (("telex", told[1]), ("vni", told[2])):
        await page.evaluate(PRESS, scanned(TEST_CODE, 4, method=method))
        await findings.locator(".bad").get_by_text(word).wait_for()
    await page.evaluate(PRESS, scanned("]C0" + TEST_CODE.lower(), 25, "TAB"))
    await findings.locator(".warn").get_by_text(told[3]).first.wait_for()
    text = await findings.inner_text()
    assert (told[5] in text, "Tab" in text) == (True, True)
    await page.evaluate(PRESS, scanned("DH123456785VN", 4))
    await findings.locator(".bad").get_by_text(told[6]).wait_for()
    azerty = [
        {**key, "key": {"a": "q", "q": "a", "1": "&", "0": "à"}.get(key["key"].lower(), key["key"])}
        for key in scanned(TEST_CODE, 4)
    ]
    await page.evaluate(PRESS, azerty)
    await findings.locator(".bad").get_by_text(told[7]).wait_for()
    await page.evaluate(PRESS, scanned(TEST_CODE, 4, "none"))
    await findings.locator(".warn").get_by_text(told[4]).wait_for()


async def test_codes_of_the_sheet_are_read_from_paper(visit):
    visitor = await visit("clerk", viewport={"width": 1280, "height": 900}, device_scale_factor=2)
    assert await visitor.go("/scan/settings") == 200
    figures = visitor.page.locator("figure.sign")
    expected = [*COMMANDS, "VT.BC-530000", TEST_CODE]
    assert await figures.count() == len(expected)
    for at in (0, len(expected) - 2, len(expected) - 1):
        picture = Image.open(io.BytesIO(await figures.nth(at).screenshot())).convert("L")
        written = expected[at].replace("\x1d", "<GS>")
        assert by_zxing([picture]) == ({written}, {written})
        assert by_zbar([picture]) == ({expected[at]}, {expected[at]})


def video_of(label: bytes, folder: Path) -> Path:
    """Film a printed label: one frame, which the camera shows again and again."""
    width, height = 960, 720
    page = pypdfium2.PdfDocument(label)[0]
    drawn = page.render(scale=height * 0.95 / page.get_height()).to_pil().convert("L")
    frame = Image.new("L", (width, height), 120)
    frame.paste(drawn, ((width - drawn.width) // 2, (height - drawn.height) // 2))
    file = folder / "label.y4m"
    colours = bytes([128]) * (width * height // 2)
    file.write_bytes(
        f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + frame.tobytes() + colours
    )
    return file


async def test_the_camera_reads_a_printed_label_once_and_goes_the_way_of_every_scan(house):
    code = house.codes["item"]
    async with httpx.AsyncClient(
        base_url=house.url, headers={"Authorization": house.keys["owner"]}
    ) as client:
        label = await client.get(f"/api/v1/items/{code}/label.pdf")
    assert label.status_code == 200
    with tempfile.TemporaryDirectory() as folder:
        film = video_of(label.content, Path(folder))
        flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable(),
                args=[*FLAGS, *flags, f"--use-file-for-fake-video-capture={film}"],
            )
            try:
                await filmed(browser, house.url, code)
            finally:
                await browser.close()


LISTEN = """() => {
  window.heard = [];
  const { dataset } = document.body;
  const video = document.getElementById("camera-video");
  document.addEventListener("station:scan", (event) => { heard.push(event.detail); dataset.heard = heard.length; });
  const frame = () => {
    dataset.frames = dataset.heard ? Math.min(5, Number(dataset.frames ?? 0) + 1) : 0;
    video.requestVideoFrameCallback(frame);
  };
  video.requestVideoFrameCallback(frame);
}"""


KEPT = """async () => {
  await navigator.serviceWorker.ready;
  const { wasm } = document.getElementById("camera").dataset;
  while (!(await caches.match(wasm))) await new Promise((go) => setTimeout(go, 50));
}"""


async def filmed_without_network(page, watch, code):
    """Read the same label again from what the browser has kept."""
    await page.evaluate(KEPT)
    await page.context.set_offline(True)
    watch.allow("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    answer = await page.reload()
    assert answer.from_service_worker
    assert "'wasm-unsafe-eval'" in answer.headers["content-security-policy"]
    await page.wait_for_selector("html[data-station='ready']")
    await page.evaluate(LISTEN)
    await page.click("#camera-start")
    await page.wait_for_selector("body[data-heard]", timeout=60_000)
    assert await page.evaluate("heard[0].raw") == code
    await page.click("#camera-stop")


async def filmed(browser, url, code):
    context = await browser.new_context()
    watch = Watch(context)
    page = await context.new_page()
    answer = await page.goto(f"{url}/scan/camera")
    assert "'wasm-unsafe-eval'" in answer.headers["content-security-policy"]
    assert "'unsafe-eval'" not in answer.headers["content-security-policy"]
    assert "camera=(self)" in answer.headers["permissions-policy"]
    await page.evaluate(LISTEN)
    await page.click("#camera-start")
    # Neither a string nor a function may be evaluated again and again under this policy; the document tells.
    await page.wait_for_selector("body[data-heard][data-frames='5']", timeout=60_000)
    assert await page.evaluate("heard") == [{"raw": code, "how": "camera", "more": {}}]
    # The station on the page heard it as it hears every scanner.
    await page.wait_for_selector("#verdict[data-tone]")
    await page.click("#camera-stop")
    assert await page.evaluate("document.getElementById('camera-video').srcObject") is None
    await filmed_without_network(page, watch, code)
    assert not watch.found()
    await context.close()
