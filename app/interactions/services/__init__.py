"""Taking logs of interactions in and back, and counting them."""

from app.interactions.services.counting import (
    NAMED,
    count_again,
    count_interactions,
    counted,
    placing,
    write_months,
)
from app.interactions.services.erasing import (
    begin_erasure,
    check_may_erase,
    count_customer,
    customer_of,
    end_erasure,
    erase_rows,
    suppress_customer,
)
from app.interactions.services.importing import (
    KIND,
    LogDraft,
    LogFile,
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
from app.interactions.services.store import LogStore, file_digest
from app.interactions.services.warehouses import add_warehouse

__all__ = [
    "KIND",
    "NAMED",
    "Changed",
    "LogDraft",
    "LogFile",
    "LogStore",
    "add_warehouse",
    "begin_erasure",
    "check_may_erase",
    "check_may_import",
    "count_again",
    "count_customer",
    "count_interactions",
    "counted",
    "customer_of",
    "drafted",
    "end_erasure",
    "erase_rows",
    "file_digest",
    "import_log",
    "placed_mapping",
    "placing",
    "preview_log",
    "refuse_known",
    "remove_source",
    "sample_file",
    "suppress_customer",
    "sweep_store",
    "write_months",
]
