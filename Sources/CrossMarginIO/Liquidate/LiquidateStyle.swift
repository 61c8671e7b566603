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
    #contagion figure, #contagion table, #contagion .lead { margin-top: 14px; }
    .curve-1, .curve-2, .curve-3, .curve-4 { fill: none; stroke-width: 2;
      vector-effect: non-scaling-stroke; }
    .curve-1 { stroke: var(--series-1); } .curve-2 { stroke: var(--tail); }
    .curve-3 { stroke: var(--series-3); } .curve-4 { stroke: var(--series-4); }
    .fill-1 { fill: var(--series-1); } .fill-2 { fill: var(--tail); }
    .fill-3 { fill: var(--series-3); } .fill-4 { fill: var(--series-4); }
    .tier-line { stroke: var(--series-3); stroke-width: 1.5; stroke-dasharray: 5 4; }
    section h3 { margin: 18px 0 4px; }
    .mechanism { fill: var(--series-1); } .mechanism-absent { fill: var(--tail); opacity: .7; }
    """
}
