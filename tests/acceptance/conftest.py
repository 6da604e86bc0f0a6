"""Fixtures of the acceptance tests: a server in a home of its own, a real browser, the sales files."""

import shutil
import subprocess
import uuid
from pathlib import Path

import browsing
import pytest
from browsing import Watched
from playwright.sync_api import sync_playwright
from sales import Sales, real_sales, small_sales
from served import ROOT, NotBuilt, Served


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The walks of one module build on one another: whatever shuffled them, they run last, together and in order.

    Another module's test between two of a walk would end the walk's server and with it what the walk has built.
    """
    here = Path(__file__).parent
    walks = [item for item in items if here in item.path.parents]
    others = [item for item in items if here not in item.path.parents]
    items[:] = others + sorted(walks, key=lambda item: (str(item.path), item.reportinfo()[1]))


@pytest.fixture(scope="session")
def started_home(open_folder):
    """The home of a server that was started for the first time and stopped again, before anybody set it up."""
    server = Served(open_folder / "home-started")
    try:
        server.start().stop()
    except NotBuilt as error:
        pytest.fail(str(error), pytrace=False)
    return server.home


@pytest.fixture(scope="module")
def make_home(open_folder, request):
    """Start servers in homes of their own, nobody set up yet; all end with the module.

    A home is a copy of one that was started before, which saves making the database anew; `first` makes it anew.
    """
    made = []

    def make(*, first: bool = False) -> Served:
        server = Served(open_folder / f"home-{uuid.uuid4().hex[:6]}")
        made.append(server)
        if not first:
            # Not by shutil: the database's files belong to a user of their own.
            subprocess.run(["cp", "-a", request.getfixturevalue("started_home"), server.home], check=True)
        try:
            return server.start()
        except NotBuilt as error:
            pytest.fail(str(error), pytrace=False)

    yield make
    for server in made:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)
        shutil.rmtree(f"{server.home}-backups", ignore_errors=True)


@pytest.fixture(scope="module")
def server(make_home):
    return make_home()


@pytest.fixture(scope="module")
def chromium():
    """A browser for one module: while it lives its event loop is taken, so it must end before others begin."""
    path = browsing.chromium()
    if path is None:
        pytest.fail(
            "The browser tests need Chromium: install it, or name it with BANYAN_CHROMIUM.", pytrace=False
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(browsing.ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sales(open_folder) -> Sales:
    """The public sales files, or, where they are not at hand, small ones of the same form."""
    folder = ROOT.parent / "shared" / "data" / "sales"
    if folder.is_dir():
        return real_sales(folder)
    return small_sales(open_folder / f"sales-{uuid.uuid4().hex[:6]}")


@pytest.fixture
def watched(chromium, request):
    """Open pages that must not complain: page errors, console errors and failed requests fail the test."""
    opened: list[Watched] = []

    def open_page(**options) -> Watched:
        watch = Watched(chromium, **options)
        opened.append(watch)
        return watch

    yield open_page
    for watch in opened:
        watch.close()
    complaints = [line for watch in opened for line in watch.complaints]
    assert not complaints, "\n".join(complaints)
