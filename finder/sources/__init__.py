"""One reader per format: file -> RawRecords with provenance; no opinions. All reading happens in a locked child process."""
