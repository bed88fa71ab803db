# The command `photochrom` on a CPU, from the wheel that `make dist` has built: `make image` does both.
# EXTRAS says what it can do; docs/page-and-api.md says what each takes, and how to run it.
FROM python:3.11-slim AS install
ARG EXTRAS=web,video,bulk,heic,raw,jpeg,layers
WORKDIR /dist
COPY constraints.txt dist/photochrom-*.whl ./
RUN python -m venv --without-pip /opt/photochrom \
    && python -m pip --python /opt/photochrom/bin/python install --no-cache-dir -c constraints.txt \
        "$(echo ./photochrom-*.whl)[${EXTRAS}]"

FROM python:3.11-slim
LABEL org.opencontainers.image.title="Photochrom" \
      org.opencontainers.image.description="Turns black-and-white photographs, films and archives into color" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --create-home photochrom
COPY --from=install /opt/photochrom /opt/photochrom
# Ray reports its use unless it is told not to, also where a worker starts without Photochrom, and writes below HOME, which any
# user of the image must be able to do.
ENV PATH="/opt/photochrom/bin:$PATH" HOME=/tmp RAY_USAGE_STATS_ENABLED=0 ORT_DISABLE_TELEMETRY=1
WORKDIR /home/photochrom
USER 10001:10001
EXPOSE 8000
# It is about `serve`; whatever else the image runs turns it off (--no-healthcheck).
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["photochrom"]
# Beyond loopback it asks for a token, in $PHOTOCHROM_TOKEN, and does not start without one.
CMD ["serve", "--host", "0.0.0.0"]
