"""XMP packets (ISO 16684-1): our property put into one, whatever else it holds, and read out of one."""

from __future__ import annotations

import re
from html import unescape
from xml.sax.saxutils import escape

LARGEST = 4_000_000
"""Bytes of a packet that is read."""
_NAMESPACE = "urn:studio:recipe/1.0/"
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_OURS = re.compile(rf'<rdf:Description\b[^<>]*xmlns:studio="{re.escape(_NAMESPACE)}"[^<>]*>\s*'
                   r"<studio:recipe>[^<]*</studio:recipe>\s*</rdf:Description>\s*")
_ELEMENT = re.compile(r"<studio:recipe>([^<]*)</studio:recipe>")
_ATTRIBUTE = re.compile(r"""\sstudio:recipe=(?:"([^"<]*)"|'([^'<]*)')""")  # how other programs may write it anew


def with_line(packet: bytes | None, line: str) -> bytes | None:
    """A packet with the line in it: `packet` with nothing else changed, or a new one; None where it is not understood."""
    ours = (f'<rdf:Description rdf:about="" xmlns:studio="{_NAMESPACE}"><studio:recipe>{escape(line)}</studio:recipe>'
            "</rdf:Description>")
    if packet is None:
        text = (f'{_BEGIN}\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">{ours}</rdf:RDF></x:xmpmeta>\n'
                '<?xpacket end="w"?>')
        return text.encode()
    try:
        there = _OURS.sub("", packet.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    if line_of(there.encode()) is not None or there.count("</rdf:RDF>") != 1:
        return None
    return there.replace("</rdf:RDF>", f"{ours}</rdf:RDF>").encode()


def line_of(packet: bytes) -> str | None:
    """The line in a packet, if there is one."""
    text = packet[:LARGEST].decode("utf-8", "replace")
    found = _ELEMENT.search(text) or _ATTRIBUTE.search(text)
    return unescape(next(group for group in found.groups() if group is not None)) if found else None
