"""The policy file of this node: the public keys with which anybody verifies its log and packages."""

from tutela.custody import Policy, verifier_key
from tutela_node.foundation import keys


def policy_json() -> bytes:
    log, package = keys.signer("log"), keys.signer("package")
    policy = Policy(logs={log.name: (verifier_key(log),)}, package_keys=(verifier_key(package),))
    return policy.to_bytes()
