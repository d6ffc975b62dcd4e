"""The preview: an issue as its readers will see it, on the editor's own machine, refreshed on every save."""

from newsletter.web.studio.preview import create_preview
from newsletter.web.studio.serving import serve_preview

__all__ = ["create_preview", "serve_preview"]
