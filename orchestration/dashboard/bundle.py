"""The libraries that draw, Vega, Vega-Lite and Vega-Embed, as one script."""

from importlib.metadata import version
from pathlib import Path

from pipelines.files import atomic_write


def drawing_bundle(scratch: Path) -> str:
    """The script; to put it together takes a second, so each version is kept in `scratch`."""
    kept = scratch / f"vega-embed-{version('vl-convert-python')}.js"
    if not kept.exists():
        import vl_convert

        scratch.mkdir(parents=True, exist_ok=True)
        atomic_write(kept, vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    return kept.read_text(encoding="utf-8")
