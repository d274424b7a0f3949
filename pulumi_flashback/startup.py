"""Makes provider processes start faster."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Import what stays for the life of the process; later collections skip it, too."""
    # searching new modules for garbage takes a tenth of the startup time of the native provider,
    # and a quarter of that of the dynamic one, where it includes the modules of the SDK
    enabled = gc.isenabled()  # this process may also run providers of the program
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
