#!/usr/bin/env python3
"""Compares results of CrossMargin with those of a peer program on the same portfolio.

usage: agreement.py RESULTS PEER.sqlite

RESULTS is the folder of a run on a book made by to_book.py. Prints, figure by figure, the largest
difference over all accounts relative to the account's scale, and exits with 1 if one is beyond the
bound. The scale of an account is its worst loss plus the size of its value plus 1 USD, or for a
sensitivity the account's largest one.
"""

import pathlib
import sqlite3
import sys

# Both sides add up to some hundred terms in another order and price options with other error
# functions, which costs some 1e-16 of the terms; the terms may be larger than their sum. Close to
# expiry a sensitivity multiplies the error of its exponential by the square of d1, some tens.
BOUNDS = {"delta": 1e-11, "gamma": 1e-11}
BOUND = 1e-12

OURS = """
SELECT a.name, a.equity_usd, g.worst_loss_usd, g.worst_scenario, m.var_usd, m.es_usd, a.status,
  p.maintenance_scan_usd
FROM account a JOIN margin_peers p USING (account)
  JOIN account_measure g ON g.account = a.account
    AND g.scenario_set = (SELECT scenario_set FROM scenario_set WHERE name = 'grid')
  JOIN account_measure m ON m.account = a.account
    AND m.scenario_set = (SELECT scenario_set FROM scenario_set WHERE name = 'mc')
"""
PEERS = """
SELECT account, value, worst_loss, worst_scenario, var99, es975, status, worst_loss FROM accounts
"""
OUR_GREEKS = """
SELECT a.name, s.name, u.delta_usd_total, u.gamma_usd_1pct
FROM account_underlying u JOIN account a USING (account) JOIN asset s USING (asset)
"""
PEER_GREEKS = """
SELECT account, underlying, delta_usd, gamma_usd FROM greeks JOIN accounts ON id = account_id
"""
SAME_STATUS = {
    "ok": {"healthy"},
    "warning": {"below_initial"},
    "liquidate": {"liquidatable", "insolvent"},
}


def table(path, query):
    """The rows of a query by account name, in one list for each account."""
    found = {}
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as connection:
        for account, *fields in connection.execute(query):
            found.setdefault(account, []).append(fields)
    return found


class Largest:
    """The largest relative differences seen, by figure."""

    def __init__(self):
        self.seen = {}

    def add(self, figure, ours, theirs, scale, account):
        difference = abs(ours - theirs) / scale
        if difference >= self.seen.get(figure, (-1.0, ""))[0]:
            self.seen[figure] = (difference, account)

    def print(self):
        for figure, (difference, account) in self.seen.items():
            print(f"{figure:<22}{difference:10.1e}   {account}")
        return all(
            difference <= BOUNDS.get(figure, BOUND)
            for figure, (difference, _) in self.seen.items()
        )


def compare_accounts(ours, theirs, largest):
    """Compares values and losses; counts what is decided otherwise."""
    scenario_count = status_count = 0
    scan_differences = []
    for account, ((equity, worst, scenario, var, es, status, scan),) in ours.items():
        ((value, peer_worst, peer_scenario, peer_var, peer_es, peer_status, _),) = theirs[account]
        scale = abs(peer_worst) + abs(value) + 1
        largest.add("value", equity, value, scale, account)
        # The peers put 0 for an account that gains in every scenario.
        largest.add("worst loss of grid", max(worst, 0), peer_worst, scale, account)
        largest.add("VaR 99 %", var, peer_var, scale, account)
        largest.add("ES of 26 draws", es, peer_es, scale, account)
        scenario_count += scenario != peer_scenario
        status_count += status not in SAME_STATUS[peer_status]
        scan_differences.append(abs(scan - peer_worst) / scale)
    print(f"accounts {len(ours)}, of another worst scenario {scenario_count}")
    print(f"of another status {status_count}: the rules differ (README.md)")
    scan_differences.sort()
    median = scan_differences[len(scan_differences) // 2]
    print(f"our margin grid against theirs: median {median:.1e}, largest {scan_differences[-1]:.1e}")


def compare_greeks(ours, theirs, largest):
    """Compares delta and gamma by account and underlying; a missing row counts as zeros."""
    for account in ours.keys() | theirs.keys():
        left = {asset: (delta, gamma * 100) for asset, delta, gamma in ours.get(account, [])}
        right = {asset: (delta, gamma) for asset, delta, gamma in theirs.get(account, [])}
        scales = [1 + max(abs(row[i]) for row in [*right.values(), (0.0, 0.0)]) for i in (0, 1)]
        for asset in right.keys() | (left.keys() - {"USD", "USDC"}):
            pairs = zip(left.get(asset, (0.0, 0.0)), right.get(asset, (0.0, 0.0)), scales)
            for figure, (our, their, scale) in zip(["delta", "gamma"], pairs):
                largest.add(figure, our, their, scale, account)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    results, peer = pathlib.Path(sys.argv[1]) / "results.sqlite", pathlib.Path(sys.argv[2])
    ours, theirs = table(results, OURS), table(peer, PEERS)
    if ours.keys() != theirs.keys():
        sys.exit(f"{len(ours.keys() ^ theirs.keys())} accounts are on one side only")
    largest = Largest()
    compare_accounts(ours, theirs, largest)
    compare_greeks(table(results, OUR_GREEKS), table(peer, PEER_GREEKS), largest)
    sys.exit(0 if largest.print() else 1)


if __name__ == "__main__":
    main()
