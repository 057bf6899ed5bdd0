"""Costs in words: what a job is thought to cost and how that is known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from studio.domain.account import Account, Service
from studio.domain.ledger import EntryKind, Estimate, EstimateSource, LedgerEntry
from studio.ui.images.captions import short_day_words
from studio.ui.widgets.job_words import credits_spelt, number_words
from studio.ui.widgets.words import counted


def _tr(text: str) -> str:
    return QCoreApplication.translate("Costs", text)


def ledger_words(entries: Sequence[LedgerEntry]) -> str:
    """A job's lines of the ledger, oldest first, one below the other."""
    names = {EntryKind.ESTIMATED: _tr("Estimated"), EntryKind.CHARGED: _tr("Charged"), EntryKind.REFUNDED: _tr("Given back"),
             EntryKind.UNKNOWN: _tr("Cost not said")}
    lines = []
    for entry in sorted(entries, key=lambda one: one.seq):
        amount = "" if entry.amount is None else number_words(entry.amount)
        if entry.kind is EntryKind.UNKNOWN and amount:
            amount = _tr("perhaps {n}").format(n=amount)
        at = entry.at.astimezone()
        moment = f"{short_day_words(at.date())}, {at:%H:%M}"
        lines.append(" · ".join(part for part in (f"{names[entry.kind]} {amount}".strip(), moment) if part))
    return "\n".join(lines)


def estimate_short(estimate: Estimate) -> str:
    """For the button: "45 credits", "≈ 45 credits"; empty where it is free or not known."""
    if estimate.amount is None or estimate.source is EstimateSource.FREE:
        return ""
    about = "" if estimate.source is EstimateSource.RATE_CARD else "≈ "
    return about + credits_spelt(estimate.amount)


def estimate_words(estimate: Estimate, account: Account) -> str:
    """One line: what it is thought to cost, and how that is known."""
    if estimate.source is EstimateSource.FREE:
        return _tr("Free on this computer") if account.service is Service.LOCAL else _tr("Free at this engine")
    if estimate.amount is None:
        return _tr("Price not known before it is sent")
    return f"{estimate_short(estimate)} · {_source_words(estimate)}"


def _source_words(estimate: Estimate) -> str:
    if estimate.source is EstimateSource.RATE_CARD:
        return _tr("rate card")
    if estimate.source is EstimateSource.PUBLISHED:
        return _tr("published")
    return counted(estimate.jobs, _tr("from 1 earlier job"), _tr("from {n} earlier jobs"))


def estimate_tip(estimate: Estimate) -> str:
    """The whole of it, for the tooltip and for screen readers."""
    source = estimate.source
    if source is EstimateSource.FREE:
        return _tr("Nothing is charged for it.")
    if source is EstimateSource.RATE_CARD:
        return _tr("This is what the engine's own rate card says.")
    if source is EstimateSource.PUBLISHED:
        return _tr("The service publishes this price. What it charges in the end is what counts.")
    if source is EstimateSource.EARLIER and estimate.low is not None and estimate.high is not None:
        if estimate.low == estimate.high:
            return _tr("This account was charged {n} for the same settings before.").format(n=credits_spelt(estimate.low))
        words = _tr("This account was charged {low} to {high} credits for the same settings before.")
        return words.format(low=number_words(estimate.low), high=number_words(estimate.high))
    if source is EstimateSource.SCALED:
        return _tr("In proportion to what this account was charged for the same settings at another length.")
    return _tr("The service publishes no price for this, and this account has paid for nothing with these settings yet.")
