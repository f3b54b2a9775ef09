"""The admin UI: pages of plain HTML, CSS and ES modules in `static/`, which use the gateway's own routes."""
