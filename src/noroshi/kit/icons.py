"""The product's icons: drawn for it, strokes on a grid of 24 by 24, coloured by the text they stand in."""

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SHAPES: Final = {
    "account": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.6-4.4 3.8-7 8-7s7.4 2.6 8 7"/>',
    "arrow-left": '<path d="M20 12H4M10 6l-6 6 6 6"/>',
    "arrow-right": '<path d="M4 12h16M14 6l6 6-6 6"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15z"/><path d="M10 21h4"/>',
    "building": '<path d="M5 21V4h9v17M14 9h5v12M3 21h18M8.5 8h2M8.5 12h2M8.5 16h2"/>',
    "calendar": '<rect x="4" y="5" width="16" height="15" rx="1.5"/><path d="M4 10h16M8.5 3v4M15.5 3v4"/>',
    "chart": '<path d="M4 4v16h16M8.5 16v-4M12.5 16V8M16.5 16v-6"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "chevron-down": '<path d="m6 9.5 6 6 6-6"/>',
    "chevron-left": '<path d="m14.5 6-6 6 6 6"/>',
    "chevron-right": '<path d="m9.5 6 6 6-6 6"/>',
    "chevron-up": '<path d="m6 14.5 6-6 6 6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2.5"/>',
    "copy": '<rect x="9" y="9" width="11" height="11" rx="1.5"/><path d="M15 6V4H4v11h2"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5L16.5 11M4 20h16"/>',
    "edit": '<path d="M4 20l1-4L16 5l3 3L8 19zM14 7l3 3"/>',
    "eye": '<path d="M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 12z"/>'
    '<circle cx="12" cy="12" r="2.5"/>',
    "eye-off": '<path d="M4 4l16 16M9 6c1-.3 2-.5 3-.5 3.8 0 7 2 9.5 6.5-.8 1.5-1.7 2.7-2.7 3.7M6.5 7.8'
    'C5 8.8 3.7 10.2 2.5 12c2.5 4.5 5.7 6.5 9.5 6.5 1.4 0 2.7-.3 4-.8"/>',
    "file": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "filter": '<path d="M4 5h16l-6 7.5V19l-4 1.5v-8z"/>',
    "fire": '<path d="M12 21c-3.6 0-6-2.3-6-5.5C6 11 11 9.5 10.5 3c4.5 2 7.5 7 7.5 11.5 0 4-2.5 6.5-6 6.5z"/>'
    '<path d="M12 21c-1.5 0-2.5-1-2.5-2.5S11 16 12 14c1 2 2.5 3 2.5 4.5S13.5 21 12 21z"/>',
    "flag": '<path d="M5 21V4c5-2.5 8 2.5 14 0v10c-6 2.5-9-2.5-14 0"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"/>',
    "group": '<circle cx="9" cy="9" r="3.5"/><path d="M2.5 20c.5-3.8 3-6 6.5-6s6 2.2 6.5 6M15.5 5.8'
    'a3.5 3.5 0 0 1 0 6.4M17.5 14.7c2.3.8 3.7 2.6 4 5.3"/>',
    "history": '<path d="M4 5v4.5h4.5M4.3 9.5A8.5 8.5 0 1 1 3.5 13M12 8v4.5l3 2"/>',
    "home": '<path d="M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z"/>',
    "hunt": '<circle cx="12" cy="12" r="7"/><circle cx="12" cy="12" r="2"/><path d="M12 2v4M12 18v4M2 12h4M18 12h4"/>',
    "inbox": '<path d="M3.5 13 6.5 5h11l3 8v6h-17zM3.5 13h5l1.5 2.5h4l1.5-2.5h5"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.5v.2"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="M11 12.5 20 4M16 8l3 3"/>',
    "keyboard": '<rect x="2.5" y="6" width="19" height="12" rx="1.5"/>'
    '<path d="M6 10h.2M10 10h.2M14 10h.2M18 10h.2M8 14h8"/>',
    "lake": '<ellipse cx="12" cy="6" rx="7.5" ry="2.8"/><path d="M4.5 6v12c0 1.5 3.3 2.8 7.5 2.8s7.5-1.3 7.5-2.8V6'
    'M4.5 12c0 1.5 3.3 2.8 7.5 2.8s7.5-1.3 7.5-2.8"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-5.7 0l-3.6 3.6'
    'a4 4 0 0 0 5.7 5.7l1.3-1.3"/>',
    "lock": '<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "message": '<path d="M4 5h16v11.5h-9L6.5 20v-3.5H4z"/>',
    "minus": '<path d="M5 12h14"/>',
    "organisation": '<path d="M3.5 9.5 12 4l8.5 5.5zM5.5 9.5V18M10 9.5V18M14 9.5V18M18.5 9.5V18M3.5 20.5h17"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "question": '<circle cx="12" cy="12" r="8.5"/>'
    '<path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 16.8v.2"/>',
    "refresh": '<path d="M19.5 5v4.5H15M19.7 9.5A8 8 0 1 0 20 13"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "send": '<path d="M21 3 3 10.5l7 3.5 3.5 7zM10 14 21 3"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "shield": '<path d="M12 3l7.5 2.5V11c0 5-3 8-7.5 10-4.5-2-7.5-5-7.5-10V5.5z"/>',
    "sign-out": '<path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/>',
    "signal": '<path d="M8 21l2.5-9h3L16 21M9 17.5h6"/><path d="M12 9.5C10.5 8 10.7 6.5 12 4c1.3 2.5 1.5 4 0 5.5z"/>'
    '<path d="M7 10.5a6 6 0 0 1 0-6.5M17 10.5a6 6 0 0 0 0-6.5M4 12.5a10 10 0 0 1 0-10.5M20 12.5a10 10 0 0 0 0-10.5"/>',
    "sort": '<path d="M8 5v14M4.5 15.5 8 19l3.5-3.5M16 19V5M12.5 8.5 16 5l3.5 3.5"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7'
    'M17 17l1.7 1.7M5.3 18.7 7 17M17 7l1.7-1.7"/>',
    "tag": '<path d="M3.5 12V3.5H12l8.5 8.5-8.5 8.5z"/><path d="M8 8v.1"/>',
    "trash": '<path d="M4 6.5h16M9 6.5V4h6v2.5M6 6.5 7 20.5h10l1-14M10 10.5v6M14 10.5v6"/>',
    "upload": '<path d="M12 16V5M7.5 9 12 4.5 16.5 9M4 20h16"/>',
    "warning": '<path d="M12 4l9 16H3zM12 10v4.5M12 17.2v.2"/>',
}


def icon(name: str) -> SafeString:
    """Return the icon as inline SVG, silent to screen readers: a word beside it speaks. KeyError if there is none."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor"'
        ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(SHAPES[name]),  # noqa: S308 - our own drawing
    )
