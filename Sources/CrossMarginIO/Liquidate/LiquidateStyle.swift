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
    .zero-line { stroke: var(--ink); stroke-width: 2; stroke-linecap: round; }
    .today-mark { stroke: var(--ink); stroke-width: 1.5; }
    .fill-g0 { fill: var(--zero); } .fill-g1 { fill: var(--gain-1); }
    .fill-g2 { fill: var(--gain-2); } .fill-g3 { fill: var(--gain-3); }
    .fill-g4 { fill: var(--gain-4); } .fill-g5 { fill: var(--gain-5); }
    .fill-l1 { fill: var(--loss-1); } .fill-l2 { fill: var(--loss-2); }
    .fill-l3 { fill: var(--loss-3); } .fill-l4 { fill: var(--loss-4); }
    .fill-l5 { fill: var(--loss-5); }
    .tier-line { stroke: var(--series-3); stroke-width: 1.5; stroke-dasharray: 5 4; }
    .source-used { fill: var(--series-1); stroke: var(--series-1); }
    .source-stale { fill: var(--surface); stroke: var(--muted); }
    .source-stray { fill: var(--tail); stroke: var(--tail); }
    .source-used, .source-stale, .source-stray { stroke-width: 1.5; }
    .price-line { stroke: var(--ink); stroke-width: 1.5; }
    .fill-price { fill: var(--ink); } .fill-book { fill: var(--series-3); }
    .price-range { fill: var(--series-1); opacity: .16; }
    .book-line { stroke: var(--series-3); stroke-width: 1.5; stroke-dasharray: 5 4; }
    .oracle-prices { display: grid; gap: 14px 28px;
      grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); }
    .oracle-prices figure { min-width: 0; } .oracle-prices + .legend { margin: 8px 0 16px; }
    section h3 { margin: 18px 0 4px; }
    .mechanism { fill: var(--series-1); } .mechanism-absent { fill: var(--tail); opacity: .7; }
    """
}
