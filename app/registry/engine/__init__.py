"""From a file's bytes to drafts of initiatives, with every doubtful row named; pure."""
