"""An answer as stable JSON: counts first, then the sites with every fact by its name."""

from __future__ import annotations

import orjson

from finder.exports.properties import properties
from finder.search.answer import Answer
from finder.store.sites import Listed


def dump(found: Answer) -> bytes:
    """Return an answer with its counts and sites."""
    return orjson.dumps(
        {
            "matched": found.total,
            "searched": found.in_scope,
            "left_out_unknown": found.left_out,
            "left_out_by": {asked.criterion.word: count for asked, count in found.left_out_by},
            "sites": [
                {**properties(hit), "unknown_criteria": [found.question.asked[i].criterion.word for i in hit.unknown]}
                for hit in found.hits
            ],
        },
        option=orjson.OPT_INDENT_2,
    )


def dump_site(listed: Listed) -> bytes:
    """Return one site as it stands in an answer."""
    return orjson.dumps(properties(listed), option=orjson.OPT_INDENT_2)
