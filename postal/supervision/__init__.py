"""The whole system on this machine: servers, web and worker processes, started and stopped together."""

from postal.supervision.system import System

__all__ = ["System"]
