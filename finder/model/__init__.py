"""The domain in the field's own words: frozen dataclasses and enums, without any framework."""
