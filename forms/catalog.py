"""The papers the portal knows, in the order of the chain. A new paper is one module and one line here."""

from collections.abc import Mapping

from forms.help_registration import HelpRegistration
from forms.kit.paper import Paper
from forms.transfer_request import TransferRequest

ALL: tuple[type[Paper], ...] = (HelpRegistration, TransferRequest)

PAPERS: Mapping[str, type[Paper]] = {paper.code: paper for paper in ALL}
