from pathlib import Path

import pytest
from api_driver import Api
from page_driver import app_of
from shared_figures import SHARED_TODAY


@pytest.fixture(scope="session")
def shared_api(shared_folder: Path) -> Api:
    """The API over the shared data."""
    return Api(app_of(shared_folder, today=SHARED_TODAY))
