"""The formal report: from a release to one document, and from that to every format."""
