"""Arrow's many types as the few that are handed over; dates become ISO texts, lists and objects JSON."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import uuid
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from finder.sources.sentences import Notes
from finder.sources.table import encode

_LARGEST = 2**63


def block(values: Any, notes: Notes) -> tuple[str, Any] | None:
    """Return an array as kind and array, see `finder.sources.table`; None for bytes, which no person wrote."""
    type_ = values.type
    if isinstance(type_, pa.BaseExtensionType):
        if type_.extension_name == "arrow.uuid":
            return encode([None if key is None else str(key) for key in values.to_pylist()])
        return block(values.storage, notes)
    if pa.types.is_dictionary(type_):
        return block(values.cast(type_.value_type), notes)
    if _is_bytes(type_):
        return None
    if values.null_count == len(values):
        return "none", pa.nulls(len(values))
    if pa.types.is_boolean(type_):
        return "bool", values
    if pa.types.is_integer(type_):
        return _integers(values)
    if pa.types.is_float16(type_):
        return "float", values.cast(pa.float32()).cast(pa.float64())
    if pa.types.is_float32(type_):
        # the shortest number that is the same one: 0.1 stays 0.1
        return "float", values.cast(pa.large_string()).cast(pa.float64())
    if pa.types.is_floating(type_):
        return "float", values
    if pa.types.is_decimal(type_):
        return _decimals(values)
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return "text", _texts(values.cast(pa.large_string()), notes)
    if pa.types.is_date(type_) or pa.types.is_time(type_):
        return "text", _trimmed(values.cast(pa.large_string()))
    if pa.types.is_timestamp(type_):
        return "text", _moments(values, notes)
    if pa.types.is_nested(type_):
        return encode([_plain(value) for value in values.to_pylist(maps_as_pydicts="lossy")])
    return encode([None if value is None else str(value) for value in values.to_pylist()])


def depth(type_: Any) -> int:
    """Return how many lists and objects lie within each other in values of a type."""
    if isinstance(type_, pa.BaseExtensionType):
        return depth(type_.storage_type)
    if pa.types.is_dictionary(type_):
        return depth(type_.value_type)
    if not pa.types.is_nested(type_):
        return 0
    return 1 + max((depth(type_.field(i).type) for i in range(type_.num_fields)), default=0)


def _is_bytes(type_: Any) -> bool:
    return bool(
        pa.types.is_binary(type_)
        or pa.types.is_large_binary(type_)
        or pa.types.is_binary_view(type_)
        or pa.types.is_fixed_size_binary(type_)
    )


def _texts(values: Any, notes: Notes) -> Any:
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        notes.once("characters_replaced", encoding="utf-8")
        words = values.cast(pa.large_binary()).to_pylist()
        return pa.array([None if word is None else word.decode(errors="replace") for word in words], pa.large_string())
    return values


def _integers(values: Any) -> tuple[str, Any]:
    try:
        return "int", values.cast(pa.int64())
    except pa.ArrowInvalid:  # past 64 bits signed
        return encode(values.to_pylist())


def _decimals(values: Any) -> tuple[str, Any]:
    """Return decimals as the numbers that are written the same way, as text where there is none."""
    if values.type.scale <= 0:
        try:
            return "int", values.cast(pa.int64())
        except pa.ArrowInvalid:
            pass
    if values.type.precision <= 15:
        return "float", values.cast(pa.large_string()).cast(pa.float64())
    return encode([_plain(value) for value in values.to_pylist()])


def _moments(values: Any, notes: Notes) -> Any:
    """Return points in time as ISO texts, in their time zone where it is known."""
    try:
        texts = values.cast(pa.large_string())
    except pa.ArrowInvalid:
        if values.type.tz is None:
            raise
        notes.once("zone_unknown", zone=values.type.tz)
        texts = values.cast(pa.timestamp(values.type.unit)).cast(pa.large_string())
        texts = pc.replace_substring_regex(texts, "$", "Z")
    texts = pc.replace_substring(texts, " ", "T", max_replacements=1)
    return _trimmed(pc.replace_substring_regex(texts, r"([+-]\d\d)(\d\d)$", r"\1:\2"))


def _trimmed(texts: Any) -> Any:
    """Return times without zeros behind the second."""
    return pc.replace_substring_regex(texts, r"\.0+(Z|[+-][\d:]*)?$|(\.\d*[1-9])0+(Z|[+-][\d:]*)?$", r"\1\2\3")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: texts, numbers, yes and no, lists, objects."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) < _LARGEST else float(value)
        case float():
            return value if math.isfinite(value) else None
        case decimal.Decimal():
            number = int(value) if value == value.to_integral_value() else float(value)
            return number if decimal.Decimal(repr(number)) == value and abs(number) < _LARGEST else format(value, "f")
        case dt.date() | dt.time():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case list() | tuple():
            return [_plain(part) for part in value]
        case dict():
            return {str(name): _plain(part) for name, part in value.items()}
    return None if isinstance(value, bytes) else str(value)
