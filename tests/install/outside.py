# SPDX-License-Identifier: MIT
"""A program of somebody else's: maps a port on a simulated gateway of its own, and unmaps it."""
import natupnp
from natupnp.hnetcfg import Dispatch, shims
from natupnp.testing import SimulatedGateway

with SimulatedGateway() as gateway, natupnp.Client(gateway=gateway.location) as client:
    with client.static_mappings.add(8080, "TCP") as mapping:
        text = f"{mapping.external_port}/{mapping.protocol} of {mapping.external_ip}"
    with shims(gateway=gateway.location):
        left = Dispatch("HNetCfg.NATUPnP").StaticPortMappingCollection.Count
    print(f"{text}, then {left} mappings")
