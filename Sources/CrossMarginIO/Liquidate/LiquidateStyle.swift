// The look of what only liquidation pictures have.

/// Style of the parts of a liquidation study.
enum LiquidateStyle {
  static let source = """

    .ladder-notional { fill: var(--series-1); opacity: .75; }
    .ladder-debt { fill: none; stroke: var(--tail); stroke-width: 2;
      vector-effect: non-scaling-stroke; }
    .fill-debt { fill: var(--tail); } .now-line { stroke: var(--ink); stroke-dasharray: 3 3; }
    .exceedance { fill: none; stroke: var(--series-1); stroke-width: 2;
      vector-effect: non-scaling-stroke; }
    .zero-line { stroke: var(--ink); stroke-width: 2; stroke-linecap: round; }
    .today-mark { stroke: var(--ink); stroke-width: 1.5; }
    .fill-g0 { fill: var(--zero); } .fill-g1 { fill: var(--gain-1); }
    .fill-g2 { fill: var(--gain-2); } .fill-g3 { fill: var(--gain-3); }
    .fill-g4 { fill: var(--gain-4); } .fill-g5 { fill: var(--gain-5); }
    .fill-l1 { fill: var(--loss-1); } .fill-l2 { fill: var(--loss-2); }
    .fill-l3 { fill: var(--loss-3); } .fill-l4 { fill: var(--loss-4); }
    .fill-l5 { fill: var(--loss-5); }
    .tier-line { stroke: var(--series-3); stroke-width: 1.5; stroke-dasharray: 5 4; }
    """
}
