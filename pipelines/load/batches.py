"""Small files that one statement reads: a statement costs twenty times what is in them."""

from collections.abc import Hashable, Iterable, Iterator

from pipelines.load.deliveries import Delivery
from pipelines.load.reading import form_of
from pipelines.load.staging import is_large

MOST_FILES, MOST_BYTES = 500, 16_000_000


def batches(deliveries: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """The deliveries in their order, those that follow each other and are alike together."""
    batch: list[Delivery] = []
    kind, size = None, 0
    for delivery in deliveries:
        own, own_size = _kind(delivery), delivery.unit.path.stat().st_size
        is_full = len(batch) == MOST_FILES or size + own_size > MOST_BYTES
        if batch and (own is None or own != kind or is_full):
            yield batch
            batch, size = [], 0
        batch.append(delivery)
        kind, size = own, size + own_size
    if batch:
        yield batch


def _kind(delivery: Delivery) -> Hashable:
    """What one statement cannot tell apart; None for a file that is read by itself.

    A mapping makes rows of other files too, and of names.
    """
    unit = delivery.unit
    if unit.dialect or unit.name or delivery.content.fault or is_large(unit):
        return None
    form = form_of(unit.path)
    if form is None:
        return None
    folder = unit.path.parent
    return unit.feed.name, unit.source, unit.zone, unit.id_prefix, folder, delivery.number, form
