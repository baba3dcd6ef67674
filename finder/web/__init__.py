"""The web: create_app and one blueprint per visitor."""
