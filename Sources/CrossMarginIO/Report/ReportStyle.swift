// The style sheet of the page: layout, tiles, charts and paper. Tables have a file of their own.

/// The style sheet.
enum ReportStyle {
  /// Everything that stands in the style element.
  static let source = Palette.rules + layout + tiles + charts + ReportTableStyle.source + paper

  private static let layout = """

    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; scroll-padding-top: 3.5rem; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
        "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif;
      font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
    a { color: var(--accent); }
    h1, h2, h3, p, dl, dd, figure { margin: 0; }
    .page { max-width: 1320px; margin: 0 auto; padding: 0 clamp(12px, 2.5vw, 32px) 48px; }
    .mark { color: var(--muted); font-size: 13px; letter-spacing: .02em; }
    .top { display: flex; gap: 16px; justify-content: space-between; align-items: flex-start;
      padding: clamp(16px, 3vw, 32px) 0 0; }
    h1 { font-size: clamp(22px, 3vw, 30px); line-height: 1.2; font-weight: 650;
      letter-spacing: -.01em; overflow-wrap: anywhere; }
    h1 span { display: block; font-size: 15px; font-weight: 400; letter-spacing: 0;
      color: var(--muted); margin-top: 4px; }
    .verdict { font-size: clamp(18px, 2.2vw, 24px); line-height: 1.4; font-weight: 500;
      max-width: 46em; margin: 18px 0 0; text-wrap: pretty; overflow-wrap: anywhere; }
    .verdict strong { font-weight: 700; }
    .facts { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 14px; font-size: 13px; }
    .facts div { display: flex; gap: 6px; min-width: 0; }
    .facts dt { color: var(--muted); }
    .facts dd { overflow-wrap: anywhere; }
    nav { position: sticky; top: 0; z-index: 5; background: var(--page); margin-top: 18px;
      border-bottom: 1px solid var(--line); overflow-x: auto; scrollbar-width: none; }
    nav ul { display: flex; gap: 4px; list-style: none; margin: 0; padding: 6px 0; }
    nav a { display: block; padding: 5px 10px; border-radius: 6px; font-size: 14px;
      color: var(--muted); text-decoration: none; white-space: nowrap; }
    nav a:hover { background: var(--accent-soft); color: var(--ink); }
    section { margin-top: 28px; }
    .card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px;
      box-shadow: var(--shadow); padding: clamp(14px, 2vw, 24px); }
    h2 { font-size: 18px; line-height: 1.3; font-weight: 650; }
    h3 { font-size: 14px; font-weight: 650; margin-bottom: 8px; }
    .lead { color: var(--muted); font-size: 14px; max-width: 68em; margin: 2px 0 16px; }
    .lead strong { color: var(--ink); font-weight: 600; }
    .columns { display: grid; gap: 28px 36px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
    .columns > * { min-width: 0; }
    .nothing { color: var(--muted); padding: 8px 0; }
    button, input { font: inherit; color: inherit; }
    button { cursor: pointer; }
    .quiet { background: var(--surface); border: 1px solid var(--line); border-radius: 8px;
      padding: 5px 12px; font-size: 14px; white-space: nowrap; }
    .quiet:hover { border-color: var(--axis); }
    .quiet[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",
      monospace; font-size: 13px; }
    pre { margin: 0; padding: 12px 14px; border-radius: 8px; background: var(--raised);
      border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
    [hidden] { display: none !important; }

    """

  private static let tiles = """
    .tiles { display: grid; gap: 14px;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 230px), 1fr)); }
    .tile { background: var(--surface); border: 1px solid var(--line); border-radius: 12px;
      box-shadow: var(--shadow); padding: 14px 16px; min-width: 0; }
    .tile.wide { grid-column: 1 / -1; }
    .tile h3 { color: var(--muted); font-size: 13px; font-weight: 500; margin: 0 0 2px; }
    .tile .figure { font-size: 26px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em;
      white-space: nowrap; }
    .tile .figure small { font-size: 14px; font-weight: 400; color: var(--muted);
      letter-spacing: 0; }
    .tile p { font-size: 13px; color: var(--muted); overflow-wrap: anywhere; }
    .tile.warn { border-color: var(--warn); }
    .tile.warn .figure { color: var(--warn); }
    .alerts { border: 1px solid var(--warn); border-left-width: 5px; background: var(--warn-soft);
      border-radius: 12px; padding: 14px 18px; }
    .alerts h2 { color: var(--warn); }
    .alerts ul { margin: 6px 0 0; padding: 0; list-style: none; }
    .alerts li { padding: 3px 0; overflow-wrap: anywhere; }
    .status-bar { display: block; border-radius: 6px; margin: 10px 0 12px; overflow: hidden; }
    .legend { display: flex; flex-wrap: wrap; gap: 6px 22px; list-style: none; margin: 0;
      padding: 0; font-size: 14px; }
    .legend li { display: flex; align-items: center; gap: 8px; }
    .legend b { font-weight: 650; }
    .legend span { color: var(--muted); }
    .swatch { width: 12px; height: 12px; border-radius: 3px; flex: none; }
    .healthy { fill: var(--healthy); } .below-initial { fill: var(--below-initial); }
    .liquidatable { fill: var(--liquidatable); } .insolvent { fill: var(--insolvent); }
    .unmargined { fill: var(--unmargined); }

    """

  private static let charts = """
    figcaption { font-size: 14px; font-weight: 600; margin-bottom: 2px; }
    figcaption span { font-weight: 400; color: var(--muted); }
    .plot { display: flex; }
    .plot .y-axis { flex: none; }
    .plot .area { overflow: visible; min-width: 0; flex: 1; margin-right: 8px; }
    .below-axis { text-align: center; font-size: 13px; color: var(--muted); margin-left: 62px; }
    svg text { fill: var(--ink); font-size: 12px; }
    svg .tick { fill: var(--muted); }
    svg .strong { font-weight: 650; font-size: 13px; }
    .grid { stroke: var(--line); stroke-width: 1; }
    .axis { stroke: var(--axis); stroke-width: 1; }
    .limit { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 3; }
    .mark-line { stroke: var(--ink); stroke-width: 2; }
    .error { stroke: var(--ink); stroke-width: 2; }
    .halo { paint-order: stroke; stroke: var(--surface); stroke-width: 4px;
      stroke-linejoin: round; }
    .body { fill: var(--series-1); } .tail { fill: var(--tail); } .weight { fill: var(--weight); }
    .gain { fill: var(--series-1); } .loss { fill: var(--series-2); }

    """

  private static let paper = """
    @media print {
      @page { margin: 14mm; }
      body { font-size: 11px; background: var(--surface);
        -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      nav, .tools, .theme, .pager, th .sort::after { display: none !important; }
      .page { max-width: none; padding: 0; }
      .card, .tile, .alerts { box-shadow: none; break-inside: avoid; }
      .card.long { break-inside: auto; }
      .scroll { overflow: visible; }
      thead { display: table-header-group; }
      tr { break-inside: avoid; }
    }

    """
}
