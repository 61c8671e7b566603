// The tables of the style sheet: heat map, exposures, accounts and what an account opens to.

/// Rules for tables.
enum ReportTableStyle {
  /// All rules.
  static let source = tables + heatMap + accounts + details

  private static let tables = """
    .scroll { overflow-x: auto; max-width: 100%; }
    table { border-collapse: collapse; width: 100%; font-size: 14px; }
    th { font-weight: 600; text-align: left; }
    thead th { color: var(--muted); font-size: 13px; font-weight: 500; line-height: 1.3;
      vertical-align: bottom; }
    th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); }
    th:first-child, td:first-child { padding-left: 4px; }
    tbody tr:last-child > * { border-bottom: 0; }
    .number { text-align: right; white-space: nowrap; }
    thead .unit { display: block; font-size: 12px; white-space: nowrap; }
    .text { overflow-wrap: anywhere; }
    .plain td, .plain th { white-space: nowrap; }
    .plain td.long { white-space: normal; min-width: 260px; }
    .hash { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      overflow-wrap: anywhere; color: var(--muted); }
    .with-bar { min-width: 104px; }
    .cell-bar { display: block; margin-top: 2px; overflow: visible; }
    .events .cell-bar { margin: 0; }
    .events td:nth-child(2) { width: 42%; }
    .subtotal > * { font-weight: 650; background: var(--raised); }
    .total > * { font-weight: 650; border-top: 2px solid var(--axis); }
    .more { display: none; }
    .show-more .more { display: table-cell; }
    .exposures tbody th { font-weight: 400; white-space: nowrap; padding-left: 20px; }
    .exposures .subtotal th, .exposures .total th { font-weight: 650; padding-left: 10px; }

    """

  private static let heatMap = """
    .heat { border-collapse: separate; border-spacing: 2px; width: auto; min-width: 100%;
      table-layout: auto; font-size: 14px; }
    .heat th, .heat td { border: 0; padding: 9px 8px; text-align: right; white-space: nowrap; }
    .heat td { border-radius: 3px; min-width: 58px; }
    .heat thead th { text-align: right; color: var(--ink); font-size: 13px; }
    .heat tbody th { position: sticky; left: 0; background: var(--surface); font-weight: 500;
      font-size: 13px; }
    .heat .caption { color: var(--muted); font-weight: 400; text-align: left; }
    .heat .now { outline: 2.5px solid var(--ink); outline-offset: -1px; font-weight: 700; }
    .heat .none { background: none; color: var(--muted); text-align: center; }
    .ramp { display: flex; align-items: center; gap: 2px; font-size: 13px; color: var(--muted);
      margin-top: 12px; flex-wrap: wrap; }
    .ramp i { width: 26px; height: 12px; border-radius: 2px; }
    .ramp .gap { width: auto; padding: 0 8px; }
    .ramp .key { width: 22px; height: 14px; margin-left: 18px; margin-right: 6px;
      border: 2.5px solid var(--ink); }
    .g1 { background: var(--gain-1); } .g2 { background: var(--gain-2); }
    .g3 { background: var(--gain-3); } .g4 { background: var(--gain-4); }
    .g5 { background: var(--gain-5); } .g0 { background: var(--zero); }
    .l1 { background: var(--loss-1); } .l2 { background: var(--loss-2); }
    .l3 { background: var(--loss-3); } .l4 { background: var(--loss-4); }
    .l5 { background: var(--loss-5); }

    """

  private static let accounts = """
    .tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 12px; }
    .tools input { flex: 1 1 220px; max-width: 340px; padding: 6px 12px; border-radius: 8px;
      border: 1px solid var(--axis); background: var(--surface); }
    .tools output { color: var(--muted); font-size: 14px; margin-left: auto; }
    .pager { display: flex; gap: 8px; margin-top: 12px; }
    th .sort { background: none; border: 0; padding: 0; font-size: inherit; font-weight: inherit;
      color: inherit; text-align: inherit; white-space: nowrap; }
    th .sort:hover { color: var(--ink); }
    th .sort::after { content: "\\2195"; display: inline-block; width: 1em; text-align: right;
      opacity: .45; }
    th[aria-sort] .sort { color: var(--ink); font-weight: 650; }
    th[aria-sort="ascending"] .sort::after { content: "\\2191"; opacity: 1; }
    th[aria-sort="descending"] .sort::after { content: "\\2193"; opacity: 1; }
    .accounts > tbody > tr.account { cursor: pointer; }
    .accounts > tbody > tr.account:hover > td { background: var(--raised); }
    .accounts .open { background: none; border: 0; padding: 0; font-weight: 600; text-align: left;
      display: flex; align-items: baseline; gap: 7px; max-width: 100%; }
    .accounts .open::before { content: "\\25B8"; color: var(--muted); flex: none;
      display: inline-block; transition: transform .12s; }
    .accounts .open[aria-expanded="true"]::before { transform: rotate(90deg); }
    .accounts .open bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .accounts td:nth-child(2) { max-width: 260px; }
    .accounts .rank { color: var(--muted); font-size: 13px; }
    .accounts .scenario { color: var(--muted); font-size: 13px; white-space: nowrap; }
    .below-one { color: var(--warn); font-weight: 650; }
    .pill { display: inline-block; padding: 1px 9px; border-radius: 999px; font-size: 12.5px;
      font-weight: 600; white-space: nowrap; }
    .pill.healthy { background: var(--healthy-soft); color: var(--healthy-ink); }
    .pill.below-initial { background: var(--below-initial-soft);
      color: var(--below-initial-ink); }
    .pill.liquidatable { background: var(--liquidatable-soft); color: var(--liquidatable-ink); }
    .pill.insolvent { background: var(--insolvent-soft); color: var(--insolvent-ink); }
    .pill.unmargined { background: var(--unmargined-soft); color: var(--unmargined-ink); }
    @media (max-width: 1180px) { .wide-3 { display: none; } }
    @media (max-width: 940px) { .wide-2 { display: none; } }
    @media (max-width: 680px) { .wide-1 { display: none; }
      th, td { padding: 6px 6px; }
      .accounts td:nth-child(2) { max-width: 124px; }
      .pill { padding: 1px 7px; font-size: 12px; } }

    """

  private static let details = """
    .detail > td { padding: 0 !important; background: var(--raised); white-space: normal; }
    .detail-box { padding: 16px clamp(8px, 2vw, 22px) 20px; display: grid; gap: 20px 36px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
    .detail-box > * { min-width: 0; }
    .detail-box .full { grid-column: 1 / -1; }
    .detail-box table { font-size: 13px; }
    .detail-box td, .detail-box th { padding: 4px 8px; max-width: none !important; }
    .detail-box .sum > * { font-weight: 650; border-top: 2px solid var(--axis); }
    .detail-box td.text { overflow-wrap: break-word; }
    .detail-box p { font-size: 13px; }
    .detail-box .muted { color: var(--muted); }
    .stack { display: block; margin-bottom: 6px; }
    .part-1 { fill: var(--series-1); background: var(--series-1); }
    .part-2 { fill: var(--below-initial); background: var(--below-initial); }
    .part-3 { fill: var(--series-4); background: var(--series-4); }
    .part-4 { fill: var(--series-3); background: var(--series-3); }
    .part-5 { fill: var(--series-2); background: var(--series-2); }
    .part-6 { fill: var(--weight); background: var(--weight); }
    .key { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
      margin-right: 7px; }

    """
}
