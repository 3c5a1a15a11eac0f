"""The blueprint every module of these routes hangs its views on."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app

from app.extensions import db
from app.jobs.models import Job
from app.jobs.presenters import silence_words
from app.jobs.queries import list_workers
from app.jobs.rules import JobState
from app.web.clock import now

bp = Blueprint("portfolio", __name__)

SCENARIO = "/scenarios/<int:scenario_id>"
RUN = "/runs/<int:run_id>"


def silence_of(job: Job) -> str | None:
    """That no worker answers for a job that isn't over; None while one does."""
    workers = list_workers(db.session) if job.state is JobState.QUEUED else ()
    lost_after = timedelta(seconds=current_app.config["JOB_LOST_SECONDS"])
    return silence_words(job, workers, now=now(), lost_after=lost_after)
