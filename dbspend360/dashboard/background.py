"""Runs what a callback does in the background: Dash's own way, put right in three places.

Dash forks the web process, which holds threads, locks and the port it listens on: we start a new
one. Dash keeps the callbacks of all apps of a process together, so that the last app's would be
run for every one: the first after its own making counts. And what a killed process leaves is an
answer, not silence. With Celery its workers do it, and only the second of the three matters.

Two people never share a job, and no job takes cookies and headers along, which let somebody in.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import multiprocess
from dash import CeleryManager, DiskcacheManager
from dash.background_callback.managers import BaseBackgroundCallbackManager
from diskcache import Cache

from dbspend360.services.current_user import current_caller, sent_along
from dbspend360.warehouse.private_folder import make_private


class Processes(DiskcacheManager):
    """Results and progress lie in a private folder: Diskcache unpickles what it reads."""

    def __init__(self, folder: Path, *, lost: object, tidy: Callable[[], None]) -> None:
        """Opens nothing yet: gunicorn forks after this.

        `lost` is the answer of a process that ended without one; `tidy` removes what it left.
        """
        self._folder, self._lost, self._tidy = folder, lost, tidy
        self.expire = None
        BaseBackgroundCallbackManager.__init__(self, None)
        self.func_registry: dict[str, Any] = {}  # without those of other apps

    @cached_property
    def handle(self) -> Cache:
        """The store, opened when it is first needed."""
        return _opened(self._folder)

    def register(self, key: str, fn: Callable[..., Any], progress: object) -> None:
        """See Dash; a later app of this process brings another function by the same key."""
        self.func_registry.setdefault(key, self.make_job_fn(fn, progress, key))

    def make_job_fn(self, fn: Callable[..., Any], progress: object, key: object = None) -> "Job":
        """What the new process calls."""
        return Job(self._folder, fn, bool(progress))

    def call_job_fn(
        self,
        key: str,
        job_fn: "Job",
        args: Sequence[Any],
        context: Mapping[str, Any],
    ) -> int:
        """Start it, and say for whom; its process id is how Dash calls it."""
        spawning = multiprocess.get_context("spawn")
        process = spawning.Process(
            target=job_fn,
            args=(key, self._make_progress_key(key), _with_caller(args), _harmless(context)),
            daemon=True,  # it ends with the server
        )
        process.start()
        return int(process.pid)

    def build_cache_key(self, *_about: object) -> str:
        """See Dash, whose key is the same for whoever asks the same."""
        return _own_key()

    def terminate_job(self, job: str | None) -> None:
        """See Dash: with what it was about to make."""
        super().terminate_job(job)  # type: ignore[no-untyped-call]
        self._tidy()

    def get_result(self, key: str, job: str | None) -> object:
        """See Dash; what was lost is told from what is not there yet."""
        found: object = super().get_result(key, job)  # type: ignore[no-untyped-call]
        if found is not self.UNDEFINED or not job or self.job_running(job):
            return found
        found = super().get_result(key, None)  # type: ignore[no-untyped-call]  # it may have ended in between
        return self._lost if found is self.UNDEFINED else found

    def get_or_create_signing_secret(self, generate: Callable[[], bytes]) -> object:
        """See Dash. It asks while the first page is made, before gunicorn forks."""
        try:
            secret: object = super().get_or_create_signing_secret(  # type: ignore[no-untyped-call]
                generate
            )
            return secret
        finally:
            self.handle.close()


class Workers(CeleryManager):
    """Workers of Celery, wherever they run; results and progress lie in its Redis."""

    def __init__(self, celery: Any) -> None:  # noqa: ANN401 - celery is not typed
        """`celery` is an app of Celery; whoever works for it calls this, too."""
        super().__init__(celery)  # type: ignore[no-untyped-call]
        self.func_registry: dict[str, Any] = {}  # without those of other apps

    def register(self, key: str, fn: Callable[..., Any], progress: object) -> None:
        """See `Processes.register`."""
        if hasattr(self, "handle") and key not in self.func_registry:
            self.func_registry[key] = self.make_job_fn(fn, progress, key)

    def call_job_fn(
        self,
        key: str,
        job_fn: Callable[..., Any],
        args: Sequence[Any],
        context: Mapping[str, Any],
    ) -> object:
        """See `Processes.call_job_fn`."""
        asked, about = _with_caller(args), _harmless(context)
        return super().call_job_fn(key, job_fn, asked, about)  # type: ignore[no-untyped-call]

    def build_cache_key(self, *_about: object) -> str:
        """See `Processes.build_cache_key`."""
        return _own_key()


def _with_caller(args: Sequence[Any]) -> list[Any]:
    """There is no request there: the last argument of the callback is who asks."""
    return [*args, sent_along(current_caller())]


def _harmless(context: Mapping[str, Any]) -> dict[str, Any]:
    return {**context, "cookies": {}, "headers": {}}


def _own_key() -> str:
    return secrets.token_hex(32)


class Job:
    """A callback on its way to another process."""

    def __init__(self, folder: Path, call: Callable[..., Any], has_progress: bool) -> None:
        self._folder, self._call, self._has_progress = folder, call, has_progress

    def __call__(self, *args: object) -> None:
        """There."""
        with _opened(self._folder) as store:
            DiskcacheManager(store).make_job_fn(self._call, self._has_progress)(*args)


def _opened(folder: Path) -> Cache:
    make_private(folder.parent)
    make_private(folder)
    return Cache(str(folder))
