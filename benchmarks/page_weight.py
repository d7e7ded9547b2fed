"""What a browser that was never here fetches for the dashboard, file by file.

    .venv/bin/python benchmarks/page_weight.py http://127.0.0.1:8050/

Needs a running server and Chromium. The first visits after a new version pack the scripts; look
again half a minute later.
"""

import sys

from bench_page import chromium, fetched


def main() -> None:
    """Print a line for each, and the sum."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8050/"
    with chromium() as browser:
        files = fetched(browser, address)
    for size, url in files:
        print(f"{size:>9,}  {url.removeprefix(address)[:100]}")
    print(f"{sum(size for size, _ in files):>9,}  bytes in {len(files)} requests")


if __name__ == "__main__":
    main()
