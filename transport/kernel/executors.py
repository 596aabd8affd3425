"""Where work is done that may be done in parts: in this process, in several of this machine, or on a cluster."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def executor(*, workers: int, cluster_url: str = "") -> Iterator[Executor]:
    """The Dask cluster whose scheduler is at `cluster_url`, if one is named; else so many processes of this machine,
    or for one worker a thread of this process.

    A cluster repeats by itself what a lost worker was doing. OSError when nobody answers at the address;
    ImportError when Dask, the optional extra `cluster`, is not installed.
    """
    if cluster_url:
        from distributed import Client  # noqa: PLC0415 - an optional extra

        with Client(cluster_url) as client:
            yield client.get_executor(pure=False)
    elif workers == 1:
        with ThreadPoolExecutor(1) as thread:
            yield thread
    else:
        # a fresh interpreter each: a fork would copy the locks of running threads as they happen to stand
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as processes:
            yield processes
