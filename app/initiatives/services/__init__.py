"""Change initiatives: propose, describe, link and move them."""

from __future__ import annotations

from app.initiatives.services.behaviours import (
    add_behaviour,
    edit_behaviour,
    name_customer_need,
    remove_behaviour,
)
from app.initiatives.services.bulk import make_change, plan_change, undo_bar, undo_change
from app.initiatives.services.checks import check_can_edit, customer_need_bar, edit_bar, standing
from app.initiatives.services.fields import edit_field
from app.initiatives.services.handover import hand_over_initiative
from app.initiatives.services.keys import next_key
from app.initiatives.services.links import set_links
from app.initiatives.services.milestones import add_milestone, edit_milestone, remove_milestone
from app.initiatives.services.moving import (
    Refusal,
    find_refusals,
    load_circumstances,
    mark_approved,
    mark_stopped,
    move_initiative,
    move_many,
)
from app.initiatives.services.options import add_option, edit_option, remove_option
from app.initiatives.services.proposing import (
    answer_questions,
    create_initiative,
    edit_initiative,
)
from app.initiatives.services.spots import start_from_spot
from app.initiatives.services.units import add_unit, remove_unit
from app.initiatives.services.views import (
    remove_view,
    rename_view,
    replace_view,
    save_view,
    share_view,
    unshare_view,
)

__all__ = [
    "Refusal",
    "add_behaviour",
    "add_milestone",
    "add_option",
    "add_unit",
    "answer_questions",
    "check_can_edit",
    "create_initiative",
    "customer_need_bar",
    "edit_bar",
    "edit_behaviour",
    "edit_field",
    "edit_initiative",
    "edit_milestone",
    "edit_option",
    "find_refusals",
    "hand_over_initiative",
    "load_circumstances",
    "make_change",
    "mark_approved",
    "mark_stopped",
    "move_initiative",
    "move_many",
    "name_customer_need",
    "next_key",
    "plan_change",
    "remove_behaviour",
    "remove_milestone",
    "remove_option",
    "remove_unit",
    "remove_view",
    "rename_view",
    "replace_view",
    "save_view",
    "set_links",
    "share_view",
    "standing",
    "start_from_spot",
    "undo_bar",
    "undo_change",
    "unshare_view",
]
