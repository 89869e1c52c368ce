"""What comes round in the intel room."""

from datetime import timedelta
from uuid import UUID

from noroshi.intel import actions
from noroshi.intel.models import Feed, Push
from noroshi.kit.jobs import job, recurring


@recurring("intel.clear_left_over", every=timedelta(days=1))
def clear_left_over() -> None:
    """Delete what a killed process left halfway."""
    actions.clear_left_over()


@recurring("intel.forget", every=timedelta(hours=1))
def forget_what_is_over() -> None:
    """Forget what became of what was sent by TAXII days ago."""
    actions.forget_statuses()


@recurring("intel.forget_refused", every=timedelta(days=1))
def forget_refused() -> None:
    """Delete refused objects that nobody has read again for a month."""
    actions.forget_refused()


@job(retries=0)
def look_at_feed(feed_id: str) -> None:
    """Look at one feed; when to do so again is written down with how it ended."""
    feed = Feed.everything.select_related("organisation").filter(pk=UUID(feed_id), paused=False).first()
    if feed is not None:
        actions.look_at_feed(feed)


@recurring("intel.look_at_feeds", every=timedelta(minutes=1))
def look_at_feeds() -> None:
    """Queue the feeds that are due: a slow server delays no warning."""
    for feed in actions.handed_out(Feed):
        look_at_feed.enqueue(str(feed.pk))


@job(retries=0)
def push_out(push_id: str) -> None:
    """Send what one push has to send; when to do so again is written down with how it ended."""
    push = Push.everything.filter(pk=UUID(push_id), paused=False).first()
    if push is not None:
        actions.push_out(push)


@recurring("intel.push", every=timedelta(minutes=1))
def push_what_is_due() -> None:
    """Queue the pushes that are due: a slow server delays no warning."""
    for push in actions.handed_out(Push):
        push_out.enqueue(str(push.pk))
