# DBSpend360 as a container: `docker build -t dbspend360 .`. How it is run, who may then come in, and
# what was proven of it, is in docs/deployment.md.

FROM python:3.11-slim AS build

WORKDIR /src
COPY pyproject.toml constraints.txt README.md gunicorn.conf.py ./
COPY assets assets
COPY dbspend360 dbspend360
# A virtual environment is one folder to copy. Tests and headers of others, and what only their
# developers look at, stay behind.
RUN python3 -m venv /opt/dbspend360 \
    && /opt/dbspend360/bin/pip install --no-cache-dir --disable-pip-version-check \
        -c constraints.txt '.[apprise,celery,postgres,redis]' \
    && cd /opt/dbspend360/lib/python3*/site-packages \
    && rm -rf pandas/tests pyarrow/tests pyarrow/include pyarrow/src numpy/*/tests \
        plotly/labextension pip pip-* \
    && find . -name '*.map' -delete


FROM python:3.11-slim

# A user of its own, by number, so that Kubernetes can tell it is not root.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin \
        dbspend360 \
    && install -d -m 0750 -o 10001 -g 10001 /data

COPY --from=build /opt/dbspend360 /opt/dbspend360

# Nothing is written but /data and /dev/shm (or a tmpfs at /tmp): the root may be read-only.
ENV PATH=/opt/dbspend360/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DBSPEND360_HOST=0.0.0.0 \
    DBSPEND360_DATA_DIR=/data \
    DBSPEND360_LOG_FORMAT=json

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8050

# gunicorn finishes what is under way for seven seconds; Docker waits ten.
STOPSIGNAL SIGTERM

# Alive, not ready: a restart does not mend a warehouse. The first start makes demo data.
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('DBSPEND360_PORT', '8050') + '/healthz', timeout=4)"]

ENTRYPOINT ["dbspend360"]
CMD ["serve"]
