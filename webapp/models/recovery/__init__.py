"""From a request for the vault to Finish and Undo: cloud restore, self-service, pairing’s last step.

May import pairing, vaults, devices, approval and what is below.
"""
