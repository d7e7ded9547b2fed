#!/bin/sh
# Builds the Dockerfile where no Docker engine runs, and tries what it promises; for root on Debian.
# The base is a stand-in with the same Python, made by debootstrap. `make image-proof` calls this.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
work=${IMAGE_PROOF_FOLDER:-/var/tmp/dbspend360-image-proof}
box() { buildah --storage-driver vfs --root "$work/store" --runroot "$work/run" "$@"; }
say() { echo "- $*"; }
fail() { echo "FAILED: $*"; exit 1; }

command -v buildah >/dev/null && command -v debootstrap >/dev/null ||
    apt-get -qq install -y --no-install-recommends buildah debootstrap >/dev/null
mkdir -p "$work"

if ! box inspect docker.io/library/python:3.11-slim >/dev/null 2>&1; then
    debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates \
        bookworm "$work/base" >/dev/null
    base=$(box from scratch)
    box copy -q "$base" "$work/base" / >/dev/null
    box commit -q "$base" docker.io/library/python:3.11-slim >/dev/null
    box rm "$base" >/dev/null
    rm -rf "$work/base"
fi

# From a fresh clone: nothing that only lies here gets in.
rm -rf "$work/clone"
git clone -q "$here" "$work/clone"
box bud -q --isolation chroot --network host --pull-never --format docker \
    -v /etc/ssl/certs:/etc/ssl/certs:ro -t dbspend360 "$work/clone" >"$work/build.log" 2>&1 ||
    { tail -30 "$work/build.log"; fail "it cannot be built"; }
say "built from a fresh clone"

setting() { box inspect --type image --format "{{$1}}" dbspend360; }
test "$(setting .Docker.Config.User)" = 10001:10001 || fail "the user is $(setting .Docker.Config.User)"
setting .Docker.Config.Volumes | grep -q /data || fail "no volume /data"
test "$(setting .Docker.Config.StopSignal)" = SIGTERM || fail "the stop signal"
setting .Docker.Config.Healthcheck.Test | grep -q healthz || fail "no health check"
say "user 10001, volume /data, SIGTERM, a health check"

container=$(box from --pull-never dbspend360)
root=$(box mount "$container")
trap 'box umount "$container" >/dev/null; box rm "$container" >/dev/null' EXIT
before=$(du -sm --apparent-size "$root" | cut -f1)
ours=$(du -sm --apparent-size "$root/opt/dbspend360" | cut -f1)
say "$before MB unpacked, of which $ours MB are ours and the rest is the base"

rm -rf "$work/data"
install -d -m 0750 -o 10001 -g 10001 "$work/data"
# Takes over the process it is in. The rest of its words are settings and the command: as
# `docker run -e NAME=value IMAGE command`.
cat >"$work/start.sh" <<'INSIDE'
set -eu
root=$1 data=$2
shift 2
mount --bind "$root" "$root"
mount --bind "$data" "$root/data"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
mkdir "$root/dev/shm" && chmod 1777 "$root/dev/shm"
for each in null zero urandom random; do
    touch "$root/dev/$each"
    mount --bind "/dev/$each" "$root/dev/$each"
done
mount -o remount,ro,bind "$root"
exec chroot --userspec=10001:10001 "$root" env -i PATH=/opt/dbspend360/bin:/usr/bin:/bin HOME=/data \
    DBSPEND360_HOST=0.0.0.0 DBSPEND360_DATA_DIR=/data DBSPEND360_LOG_FORMAT=json \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 sh -c 'cd /data && exec env "$@"' sh "$@"
INSIDE
run() { exec unshare --mount --pid --fork --kill-child sh "$work/start.sh" "$root" "$work/data" "$@"; }

# As it is shipped it lets nobody in, and says what to do; with a sign-in it knows who was added.
(run dbspend360 serve) >"$work/refusal" 2>&1 && fail "it starts without saying who may come in"
grep -q DBSPEND360_AUTH "$work/refusal" || fail "it does not say why it does not start"
printf 'correct horse battery\n' |
    (run DBSPEND360_AUTH=basic dbspend360 user add dana --role admin --password-stdin) >/dev/null ||
    fail "nobody can be added"
say "does not start without a sign-in; somebody can be added"

# As in Docker: number one of its own processes, its root read-only, not root, no capabilities.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
run DBSPEND360_AUTH=basic DBSPEND360_HOST=127.0.0.1 DBSPEND360_PORT="$port" dbspend360 serve \
    >"$work/log" 2>&1 &
outer=$!
tries=0
until curl -sf "http://127.0.0.1:$port/healthz" >"$work/health"; do
    tries=$((tries + 1))
    test $tries -lt 120 || { tail "$work/log"; fail "it does not start"; }
    sleep 1
done
first=$(pgrep -P "$outer" | head -1)
test "$(awk '/^Uid/ { print $2 }' "/proc/$first/status")" = 10001 || fail "it runs as somebody else"
test "$(awk '/^NSpid/ { print $NF }' "/proc/$first/status")" = 1 || fail "it is not process 1"
say "runs as user 10001, as process 1, on a read-only root"
test "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/api/summary")" = 401 ||
    fail "a stranger is let in"
jar=$work/cookies
rm -f "$jar"
visit() { curl -sf --cookie "$jar" --cookie-jar "$jar" "$@"; }
visit "http://127.0.0.1:$port/login" >/dev/null
token=$(awk '$6 == "_csrf_token" { print $7 }' "$jar")
visit -H "Origin: http://127.0.0.1:$port" --data-urlencode "csrf_token=$token" \
    -d name=dana --data-urlencode "password=correct horse battery" "http://127.0.0.1:$port/login" >/dev/null
visit "http://127.0.0.1:$port/" | grep -q '<title>DBSpend360' || fail "no page"
visit "http://127.0.0.1:$port/api/summary" | grep -q '"success":true' || fail "no summary"
curl -sf "http://127.0.0.1:$port/readyz" | grep -q '"status":"ready"' || fail "not ready"
curl -sf "http://127.0.0.1:$port/metrics" | grep -q dbspend360_requests_total || fail "no metrics"
say "signs somebody in; serves them the demo page and the API, and everybody /readyz and /metrics"
test -e "$work/data/current.json" || fail "no data in /data"
check=$(setting '(index .Docker.Config.Healthcheck.Test 3)')
nsenter -t "$first" -m -p chroot --userspec=10001:10001 "$root" \
    env -i PATH=/opt/dbspend360/bin DBSPEND360_PORT="$port" python -c "$check" || fail "its health check"
say "its own health check passes"

visit "http://127.0.0.1:$port/export/job-spends.csv?group_by=record&preset=last_90_days" \
    -o "$work/export.csv" &
download=$!
sleep 0.3
began=$(date +%s)
kill -TERM "$first"
wait "$download" || fail "the download that was under way was cut"
status=0
wait "$outer" || status=$?
took=$(($(date +%s) - began))
test $status = 0 || fail "it ended with $status"
test $took -lt 10 || fail "it took $took s to stop"
test -s "$work/export.csv" || fail "the download is empty"
say "SIGTERM: what was under way arrived whole, ended with 0 in $took s"
grep -c '^{' "$work/log" >/dev/null || fail "no JSON in the log"
test -z "$(find "$root" -xdev -newer "$work/start.sh" -type f | head -1)" || fail "it wrote to its root"
say "nothing was written outside of /data and /dev/shm"
