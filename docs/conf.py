"""Sphinx: Markdown by MyST; warnings are errors (`sphinx-build -W`)."""

project = "litellm-rust"
author = "The litellm-rust authors"
copyright = "2026, the litellm-rust authors"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "litellm-rust"
nitpicky = False
