"""What officers do: permissions, workflow, revisions, freshness."""
