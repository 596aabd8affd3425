# One image for every role: migrate, web, worker. Built in one stage, run in another without tools and without root.
FROM python:3.11-slim AS build
# What is installed: runtime, or cluster, which has Dask as well
ARG LOCK=runtime
WORKDIR /srv/transport
COPY requirements requirements
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r "requirements/$LOCK.lock"
COPY pyproject.toml README.md LICENSE ./
COPY transport transport
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --editable .

FROM python:3.11-slim
# What lays out the text of printed PDFs
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/transport transport
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/transport /srv/transport
COPY data/service.toml data/README.md /srv/transport/data/
COPY data/plzen /srv/transport/data/plzen
COPY data/demo /srv/transport/data/demo
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TRANSPORT_DATA_DIR=/srv/transport/data \
    TRANSPORT_LOCAL_DIR=/var/lib/transport \
    TRANSPORT_HOST=0.0.0.0
WORKDIR /srv/transport
# The planner's machine code is made for the processor it runs on and kept here; everything else is read-only.
RUN install --directory --owner transport transport/routing/engine/__pycache__
USER transport
VOLUME /var/lib/transport
EXPOSE 8000
ENTRYPOINT ["transport"]
CMD ["serve"]
