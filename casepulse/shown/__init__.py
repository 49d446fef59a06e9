"""Figures as people are shown them, on a page and in the report alike: in print, in words, in
charts and tables; and never more of them than may be shown."""
