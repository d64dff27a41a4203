"""The libraries that draw, Vega, Vega-Lite and Vega-Embed, as one script."""

from importlib.metadata import version
from pathlib import Path

from orchestration.home.kept import are_kept, digests_of, tell_damage
from orchestration.home.records import read_records, update_records
from pipelines.files import atomic_write


def drawing_bundle(home: Path) -> str:
    """The script; to put it together takes a second, so each version is kept in `scratch`."""
    name = f"scratch/vega-embed-{version('vl-convert-python')}.js"
    kept, records = home / name, read_records(home)
    if not are_kept(home, records, [name]):
        import vl_convert

        tell_damage(home, records, [name])
        kept.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(kept, vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
        update_records(home, digests_of(home, [name]))
    return kept.read_text(encoding="utf-8")
