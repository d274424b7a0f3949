"""Creates an object exactly once, even if the response is lost.

The API accepts no idempotency key. So if a create ends without a clear response, the existing
objects are compared with those that existed before. If exactly one new object is ours, it is the
created one, and its id is taken from the list. Otherwise the create fails and says what to look
for.
"""

import time
from collections.abc import Callable, Collection

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.deadline import extra_time
from pulumi_flashback.core.context import Context

# waits before each list request: a backend that is still processing the create may be late
LOOK_AFTER_SECONDS = (0.0, 0.5, 1.0, 2.0)
LOOK_SECONDS = 10.0  # to look for an object, even if the operation has exceeded its timeout


def create_once(
    post: Callable[[], str],
    context: Context,
    *,
    before: Collection[str] | None,  # the ids that existed before; None if they cannot be listed
    find_ours: Callable[[], list[str]],  # the ids of matching objects, from a fresh list
    advice: str,  # how to look for the object by hand
) -> str:
    """Create an object and return its id; record that the current resource holds it."""
    try:
        identifier = post()
    except FlashbackError as error:
        if not error.may_have_taken_effect:
            raise
        failure = error
    else:
        context.ownership.hold(identifier, context.mark)
        return identifier
    try:
        with extra_time(LOOK_SECONDS):
            return _created(context, before, find_ours, advice)
    except FlashbackError as outcome:
        raise FlashbackError(f"no clear response came ({failure.brief}); {outcome}") from None


def _created(
    context: Context,
    before: Collection[str] | None,
    find_ours: Callable[[], list[str]],
    advice: str,
) -> str:
    if before is None:
        raise FlashbackError(f"the objects there cannot be listed. {advice}")
    unread = ""
    for wait in LOOK_AFTER_SECONDS:
        time.sleep(wait)
        try:
            ours = find_ours()
        except FlashbackError as error:
            unread = error.brief
            continue
        unread = ""
        new = [i for i in ours if i not in before and not context.ownership.is_held(i)]
        if len(new) == 1 and context.ownership.claim(new[0], context.mark):
            return new[0]
        if new:
            raise FlashbackError(f"several new ones look like it: {', '.join(new)}. {advice}")
    if unread:
        raise FlashbackError(f"could not find out ({unread}). {advice}")
    raise FlashbackError(
        "none is listed. Wait a minute, then run `pulumi up` again: if it was created late, that "
        "run names its id"
    )
