"""Use cases of oversight; this is the door for everybody else."""

from manifests.oversight.service.board import Board, Listed, board_of, take
from manifests.oversight.service.network import Network, network_of

__all__ = ("Board", "Listed", "Network", "board_of", "network_of", "take")
