#!/bin/sh
# What the tests need beside Python: Chromium, a Redis and a PostgreSQL server, curl, LibreOffice's
# spreadsheet without a screen (190 MB), a library that sets the clock of one program, and fonts for
# the world's scripts.
# Says nothing and takes no time when all of it is there.
set -eu

# True when one of the programs is there.
has() {
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

has_browser() { has chromium chromium-browser google-chrome; }
has_curl() { has curl; }
has_redis() { has redis-server; }
has_office() { has soffice libreoffice; }
has_faketime() { has faketime; }
has_postgres() {
    has postgres && has initdb && return
    for program in /usr/lib/postgresql/*/bin/initdb; do
        if test -x "$program"; then return 0; fi
    done
    return 1
}
has_fonts() {
    shelf=/usr/share/fonts
    test -e $shelf/opentype/noto/NotoSansCJK-Regular.ttc &&
        test -e $shelf/truetype/noto/NotoSansArabic-Regular.ttf &&
        test -e $shelf/truetype/noto/NotoColorEmoji.ttf
}

can_apt() { test "$(id -u)" = 0 && has apt-get; }

# Quiet, unless it fails.
apt() {
    log=$(mktemp)
    status=0
    DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >"$log" 2>&1 </dev/null || status=$?
    if test $status != 0; then cat "$log"; fi
    rm -f "$log"
    return $status
}

install_packages() {
    needed=
    has_browser || needed="$needed chromium"
    has_redis || needed="$needed redis-server"
    has_postgres || needed="$needed postgresql"
    has_curl || needed="$needed curl"
    has_office || needed="$needed libreoffice-calc-nogui"
    has_faketime || needed="$needed faketime"
    fonts=
    has_fonts || fonts="fonts-noto-cjk fonts-noto-core fonts-noto-color-emoji"
    echo "Installing with apt-get:$needed $fonts"
    apt update || true
    # shellcheck disable=SC2086 # a list of words
    apt install -y --no-install-recommends $needed $fonts && return
    # One that is unknown here must not keep the others away.
    for package in $needed; do
        apt install -y --no-install-recommends "$package" || true
    done
}

install_playwrights_browser() {
    echo "Installing Chromium with Playwright"
    python -m playwright install chromium && return
    echo "The tests need Chromium. Install it (Debian: apt install chromium), then run this again."
    exit 1
}

# Fonts are only wished for: without them the tests pass, and screenshots show empty boxes.
if can_apt && ! { has_browser && has_redis && has_postgres && has_curl && has_office &&
    has_faketime && has_fonts; }; then install_packages; fi
if ! has_browser; then install_playwrights_browser; fi
if ! has_redis; then
    echo "The tests need a Redis server. Install it (Debian: apt install redis-server; macOS: brew install redis)."
    exit 1
fi
if ! has_curl; then
    echo "The tests need curl, as the examples of the docs do. Install it (Debian: apt install curl)."
    exit 1
fi
if ! has_office; then
    echo "The tests need LibreOffice. Install it (Debian: apt install libreoffice-calc-nogui; macOS: brew install libreoffice)."
    exit 1
fi
if ! has_postgres; then
    echo "The tests need a PostgreSQL server. Install it (Debian: apt install postgresql; macOS: brew install postgresql)."
    exit 1
fi
if ! has_faketime; then
    echo "The tests need libfaketime. Install it (Debian: apt install faketime; macOS: brew install libfaketime)."
    exit 1
fi
