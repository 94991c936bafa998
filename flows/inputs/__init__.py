"""From what a person names to single documents as bytes: files are listed, archives and records unpacked, in order.

One reader, several formats: whatever a document was packed in, an :class:`~flows.inputs.documents.Input` or a
:class:`~cleaners.documents.Rejection` comes out, and nothing vanishes in between.
"""

from flows.inputs.chunks import Chunk, read_chunk
from flows.inputs.documents import Input, read_file
from flows.inputs.listing import Entry, check_seeds, walk
from flows.inputs.records import HTML_FIELDS, ID_FIELDS, RECORD_SUFFIXES, TEXT_FIELDS, read_records

__all__ = [
    "HTML_FIELDS",
    "ID_FIELDS",
    "RECORD_SUFFIXES",
    "TEXT_FIELDS",
    "Chunk",
    "Entry",
    "Input",
    "check_seeds",
    "read_chunk",
    "read_file",
    "read_records",
    "walk",
]
