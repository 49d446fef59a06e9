"""The chapters of the report, each made from the same material."""
