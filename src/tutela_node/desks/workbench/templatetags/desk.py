"""Small marks that every page of the workbench uses: seals, icons, keys, and times in words."""

import math
from datetime import datetime, timedelta
from uuid import UUID

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from tutela_node.desks.workbench.review.undecoded import undecoded
from tutela_node.desks.workbench.seal import seal_of
from tutela_node.foundation import clock

register = template.Library()
register.filter(undecoded)
ICONS = {
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "hourglass": '<path d="M7 20h10M7 4h10M8 4v3l4 5 4-5V4M8 20v-3l4-5 4 5v3"/>',
    "closed-eye": '<path d="M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM4 20 20 4"/>',
    "tick": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "words": '<path d="M5 6h14M5 11h14M5 16h9"/>',
    "wrong": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.5v.1"/>',
}


@register.simple_tag
def seal(item: UUID) -> SafeString:
    """The item's seal; it repeats what the reference beside it says, so it is hidden from screen readers."""
    svg = '<svg class="seal" viewBox="-1.2 -1.2 8.4 8.4" aria-hidden="true"><path fill="currentColor" d="{}"/></svg>'
    return format_html(svg, seal_of(item))


@register.simple_tag
def icon(name: str) -> SafeString:
    drawing = mark_safe(ICONS[name])  # noqa: S308  # drawn above, never from a request
    return format_html('<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.simple_tag
def key(name: str) -> SafeString:
    """A key's cap beside the words of what it does."""
    return format_html('<kbd class="kbd" dir="ltr" aria-hidden="true">{}</kbd>', name)


@register.filter
def span(length: timedelta) -> str:
    """A length of time in its two largest units: 1 d 4 h, 2 h 10 m, 40 m."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)d m") % {"hours": hours, "minutes": rest}
    return gettext("%(minutes)d m") % {"minutes": rest}


@register.filter
def seconds(length: timedelta) -> int:
    return max(0, math.ceil(length.total_seconds()))


@register.filter
def until(at: datetime) -> timedelta:
    return at - clock.now()


@register.filter
def since(at: datetime) -> timedelta:
    return clock.now() - at


@register.filter
def is_past(at: datetime | None) -> bool:
    """What has no date is never late."""
    return at is not None and at <= clock.now()


@register.filter
def moment(at: datetime) -> str:
    """A day and time that never break over two lines: 21 Nov 22:05."""
    return date_format(at, "j M H:i").replace(" ", "\u00a0")


@register.filter
def short_hash(value: str) -> str:
    """A hash as people compare it: its first and last four digits."""
    return f"{value[:4]}…{value[-4:]}" if len(value) > 12 else value


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or pgettext("nobody's initials", "–")
