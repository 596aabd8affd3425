"""What can have happened to a contract. Ordinary ledger entries are their own record."""

from typing import Final

CONTRACT_SIGNED: Final = "ContractSigned"
CAPACITY_OVERRIDDEN: Final = "CapacityOverridden"
LEDGER_CORRECTED: Final = "LedgerCorrected"
