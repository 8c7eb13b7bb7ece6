"""The papers: one module per paper, everything about it on one page."""
