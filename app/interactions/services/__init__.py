"""Taking logs of interactions in and back, and counting them."""

from app.interactions.services.counting import (
    NAMED,
    count_again,
    count_interactions,
    counted,
    note_failure,
    placing,
    write_months,
)
from app.interactions.services.erasing import (
    Found,
    Search,
    begin_erasures,
    check_may_erase,
    customer_of,
    end_erasure,
    erase_rows,
    find_customer,
    suppress_customer,
)
from app.interactions.services.importing import (
    KIND,
    LogDraft,
    LogFile,
    all_faults,
    check_may_import,
    drafted,
    import_log,
    placed_mapping,
    preview_log,
    refuse_known,
    remove_source,
    sample_file,
    sweep_store,
)
from app.interactions.services.lineage import Changed
from app.interactions.services.mappings import forget_mapping, keep_mapping
from app.interactions.services.near import near_to
from app.interactions.services.store import LogStore, file_digest
from app.interactions.services.warehouses import add_warehouse, new_warehouse, reached

__all__ = [
    "KIND",
    "NAMED",
    "Changed",
    "Found",
    "LogDraft",
    "LogFile",
    "LogStore",
    "Search",
    "add_warehouse",
    "all_faults",
    "begin_erasures",
    "check_may_erase",
    "check_may_import",
    "count_again",
    "count_interactions",
    "counted",
    "customer_of",
    "drafted",
    "end_erasure",
    "erase_rows",
    "file_digest",
    "find_customer",
    "forget_mapping",
    "import_log",
    "keep_mapping",
    "near_to",
    "new_warehouse",
    "note_failure",
    "placed_mapping",
    "placing",
    "preview_log",
    "reached",
    "refuse_known",
    "remove_source",
    "sample_file",
    "suppress_customer",
    "sweep_store",
    "write_months",
]
