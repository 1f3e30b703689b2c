"""XES (IEEE 1849): a log of traces, each the whole case of a dossier in the order of our corrected clock.

A scan of an item that carries several dossiers stands in the trace of each of them, with the same `concept:instance`.
"""

from integrations.process_mining.rules.markup import escaped

EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
UNKNOWN = "UNKNOWN"
"""`traces.sql`, which writes the traces, says the same of an event that nobody stands behind."""

_EXTENSIONS = "".join(
    f'<extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
    for name, prefix in EXTENSIONS
)
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2023" xes.features="">
{_EXTENSIONS}<global scope="trace">
<string key="concept:name" value="{UNKNOWN}"/>
</global>
<global scope="event">
<string key="concept:name" value="{UNKNOWN}"/>
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
<string key="lifecycle:transition" value="complete"/>
<string key="org:group" value="{UNKNOWN}"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="ActivityAndOrganisation" keys="concept:name org:group"/>
<string key="lifecycle:model" value="standard"/>
<string key="concept:name" value="{{name}}"/>
"""
FOOT = "</log>\n"


def head(name: str) -> str:
    """Begin a log: extensions, what every trace and event has, classifiers."""
    return _HEAD.format(name=escaped(name))
