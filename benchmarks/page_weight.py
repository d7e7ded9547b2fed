"""What a browser that was never here fetches for the dashboard, file by file.

    .venv/bin/python benchmarks/page_weight.py http://127.0.0.1:8050/

Needs a running server and Chromium. The first visits after a new version pack the scripts; look
again half a minute later.
"""

import shutil
import sys
from typing import Any

from playwright.sync_api import sync_playwright


def fetched(address: str) -> list[tuple[int, str]]:
    """Bytes on the wire and address of each request, the largest first."""
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")

        def begun(event: dict[str, Any]) -> None:
            urls[event["requestId"]] = event["request"]["url"]

        def ended(event: dict[str, Any]) -> None:
            sizes[event["requestId"]] = int(event["encodedDataLength"])

        network.on("Network.requestWillBeSent", begun)
        network.on("Network.loadingFinished", ended)
        page.goto(address)
        page.wait_for_selector("#spend-grid-title .panel__count")
        page.wait_for_load_state("networkidle")
        browser.close()
    real = {key: url for key, url in urls.items() if not url.startswith("data:")}
    return sorted(((sizes.get(key, 0), url) for key, url in real.items()), reverse=True)


def main() -> None:
    """Print a line for each, and the sum."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8050/"
    files = fetched(address)
    for size, url in files:
        print(f"{size:>9,}  {url.removeprefix(address)[:100]}")
    print(f"{sum(size for size, _ in files):>9,}  bytes in {len(files)} requests")


if __name__ == "__main__":
    main()
