"""Pictures of screens that stay comparable from machine to machine: one font, one clock, nothing that moves.

A picture is compared with the one that was looked at and kept, four by four pixels at a time: how a machine smooths the
edge of a letter is no difference, a line that moved is.
"""

import os
import time
from pathlib import Path

from PIL import Image, ImageChops
from served import ROOT

KEPT = Path(__file__).parent / "looks"
FONTS = ROOT / "web" / "node_modules" / "@fontsource" / "inter" / "files"  # comes with `make web`
WRITING = os.environ.get("BANYAN_LOOKS") == "write"
NOW = "2026-03-14T09:00:00+08:00"
STEP = 4
TOLD_APART = 36  # of 255, in one channel of one cell
MOST_SHARE = 0.006
SETTLED_BY = 10  # seconds

_FACES = "".join(
    f"@font-face {{ font-family: 'Looks'; font-weight: {weight}; font-display: block;"
    f" src: url('/__fonts/inter-latin-{weight}-normal.woff2') format('woff2'); }}"
    for weight in (400, 500, 600)
)
STILL = (
    _FACES
    + """
* { font-family: 'Looks', sans-serif !important; caret-color: transparent !important; }
*, *::before, *::after { animation: none !important; transition: none !important; }
::-webkit-scrollbar { display: none; }
time, [data-volatile], h3[class*="day"] { visibility: hidden !important; }
"""
)
# What a fresh installation numbers by its own calendar.
_NUMBERS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    if (/OP\\d{6}-/.test(node.data)) node.data = node.data.replace(/OP\\d{6}-/, 'OP000000-');
}"""


def still(context) -> None:
    """Pages of this context are drawn alike wherever they are drawn."""

    def font(route):
        route.fulfill(path=FONTS / route.request.url.rpartition("/")[2], content_type="font/woff2")

    context.route("**/__fonts/*", font)


def picture(page, path: Path) -> Path:
    """The page as it stands, once it has come to rest."""
    page.add_style_tag(content=STILL)
    page.locator("[aria-busy=true]:not([data-testid=components] *)").first.wait_for(state="hidden")
    page.evaluate("() => document.fonts.ready")
    page.mouse.move(0, 0)
    page.evaluate(_NUMBERS)
    page.screenshot(path=path, animations="disabled", caret="hide")
    return path


def share_of_difference(one: Path, other: Path) -> float:
    """How much of the picture is told apart, from 0 to 1; another size is everything."""
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size:
            return 1.0
        small = (first.width // STEP, first.height // STEP)
        cells = [image.convert("RGB").resize(small, Image.Resampling.BOX) for image in (first, second)]
        bands = ImageChops.difference(*cells).split()
        marked = [band.point(lambda value: 255 if value > TOLD_APART else 0) for band in bands]
        either = ImageChops.lighter(ImageChops.lighter(marked[0], marked[1]), marked[2])
        return either.histogram()[255] / (small[0] * small[1])


def compare(page, name: str, folder: Path) -> None:
    """Compare with the kept picture; while writing, keep this one."""
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"{name}.png"
    if WRITING:
        picture(page, kept)
        with Image.open(kept) as image:
            image.convert("RGB").quantize(128).save(kept, optimize=True)
        return
    assert kept.exists(), f"{name} has no kept picture: look at it, then BANYAN_LOOKS=write keeps it."
    deadline = time.monotonic() + SETTLED_BY
    found = picture(page, folder / f"{name}.png")
    while (share := share_of_difference(found, kept)) > MOST_SHARE and time.monotonic() < deadline:
        page.wait_for_timeout(500)  # on a busy machine a part may still be on its way
        found = picture(page, folder / f"{name}.png")
    assert share <= MOST_SHARE, f"{name} differs in {share:.1%} of its area: compare {found} with {kept}."
